package wire

import (
	"errors"
	"fmt"
	"sync"

	"github.com/klauspost/compress/zstd"

	"muqu/core/change"
)

// ErrTooLarge reports a message over its limit.
var ErrTooLarge = errors.New("message too large")

// Compressors keep no state between calls; building one is expensive.
var (
	compressor = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithWindowSize(1<<20))
		if err != nil {
			panic(err)
		}
		return e
	})
	// What goes up from a tablet travels over the worst line of all, perhaps
	// several times, and is packed once.
	bestCompressor = sync.OnceValue(func() *zstd.Encoder {
		e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithWindowSize(1<<20))
		if err != nil {
			panic(err)
		}
		return e
	})
	decompressor = sync.OnceValue(func() *zstd.Decoder {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(MaxMessage), zstd.WithDecoderMaxWindow(MaxMessage))
		if err != nil {
			panic(err)
		}
		return d
	})
)

// compress gives b as one zstd frame.
func compress(b []byte) []byte { return compressor().EncodeAll(b, nil) }

// compressWell is compress that takes its time.
func compressWell(b []byte) []byte { return bestCompressor().EncodeAll(b, nil) }

// decompress gives the bytes of a frame, refusing more than limit.
func decompress(b []byte, limit int) ([]byte, error) {
	out, err := decompressor().DecodeAll(b, nil)
	if errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, zstd.ErrWindowSizeExceeded) || len(out) > limit {
		return nil, ErrTooLarge
	}
	if err != nil {
		return nil, fmt.Errorf("decompress: %w", err)
	}
	return out, nil
}

const (
	plain  = 0
	zipped = 1
)

// Pack encodes a message as it travels: one byte that says whether the rest is
// compressed, then the message.
func Pack(m any) ([]byte, error) {
	b, err := change.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode message: %w", err)
	}
	if len(b) < compressFrom {
		return append([]byte{plain}, b...), nil
	}
	return append([]byte{zipped}, compress(b)...), nil
}

// Unpack decodes a message into m.
func Unpack(b []byte, m any) error {
	if len(b) == 0 {
		return errors.New("decode message: empty")
	}
	if len(b) > MaxBody {
		return ErrTooLarge
	}
	body := b[1:]
	switch b[0] {
	case plain:
	case zipped:
		var err error
		if body, err = decompress(body, MaxMessage); err != nil {
			return err
		}
	default:
		return errors.New("decode message: written by a newer program: update this one")
	}
	if err := change.Unmarshal(body, m); err != nil {
		return fmt.Errorf("decode message: %w", err)
	}
	return nil
}
