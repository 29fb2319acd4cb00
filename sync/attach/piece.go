package attach

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"muqu/core"
	"muqu/sync/wire"
)

// pieceBytes is how large the pieces are in which files travel in a bundle.
const pieceBytes = 1 << 20

// Pieces gives a file, or a thumbnail of size bytes, in pieces and in order.
func Pieces(name core.FileName, thumb bool, r io.Reader, size int64, add func(*wire.FilePiece) error) error {
	b := make([]byte, pieceBytes)
	for offset := int64(0); offset < size || offset == 0; {
		n, err := io.ReadFull(r, b[:min(pieceBytes, size-offset)])
		if err != nil {
			return fmt.Errorf("read file %s: %w", name, err)
		}
		if err := add(&wire.FilePiece{Name: string(name), Thumb: thumb, Size: size, Offset: offset, Bytes: b[:n]}); err != nil {
			return err
		}
		if offset += int64(n); n == 0 {
			return nil // an empty file is one empty piece
		}
	}
	return nil
}

// Parcel puts files together again that came in pieces. The zero value is
// ready once Take is set.
type Parcel struct {
	// Take is given each file when it is complete; its bytes are not checked
	// yet.
	Take func(ctx context.Context, name core.FileName, thumb bool, r io.Reader) error
	at   wire.FilePiece // the file under way, as its first piece said
	data bytes.Buffer
}

// Add takes the next piece. One that doesn't go on with what came before is
// dropped with its file: that comes again in another bundle.
func (p *Parcel) Add(ctx context.Context, piece *wire.FilePiece) error {
	name, ok := core.ParseFileName(piece.Name)
	if !ok || piece.Size < 0 || piece.Size > maxFetch || piece.Offset+int64(len(piece.Bytes)) > piece.Size {
		return nil
	}
	if piece.Offset == 0 {
		p.data.Reset()
		p.at = *piece
		p.at.Bytes = nil
	}
	if piece.Name != p.at.Name || piece.Thumb != p.at.Thumb || piece.Size != p.at.Size || piece.Offset != int64(p.data.Len()) {
		return nil
	}
	p.data.Write(piece.Bytes)
	if int64(p.data.Len()) < piece.Size {
		return nil
	}
	p.at = wire.FilePiece{}
	return p.Take(ctx, name, piece.Thumb, &p.data)
}
