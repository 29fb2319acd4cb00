package attach

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"muqu/core"
	"muqu/sync/wire"
)

// Remote is the files of a server, as a tablet or a hub sees them.
type Remote struct {
	Client *http.Client
	Base   string // the server's address, such as https://host:8443
	// Token gives the token of a session; renew asks for a new one, because
	// the server no longer took the last.
	Token func(ctx context.Context, renew bool) (string, error)
	// Pause is what is waited before an interrupted upload goes on; 0: a second.
	Pause time.Duration
}

// The size of a chunk is a matter of what an interruption may cost where
// something on the way keeps whole requests back: ten lost chunks are at most a
// twenty-fifth of a large file.
const (
	minChunk    = 192 << 10 // bytes
	chunkParts  = 256       // of a file
	maxAttempts = 5         // in a row that brought nothing forward
	mediaTus    = "application/offset+octet-stream"
)

func chunkOf(size int64) int64 { return max(minChunk, size/chunkParts) }

// ErrGone reports an unfinished upload that the server has given up.
var ErrGone = errors.New("the server has given up this upload")

// ErrBusy reports an upload on which the server still works for an earlier,
// broken connection.
var ErrBusy = errors.New("the server is still busy with this upload")

// send sends a request with the session's token, once more with a new one if
// the server wants that. body may be nil.
func (r *Remote) send(ctx context.Context, method, to string, head http.Header, body func() io.Reader) (*http.Response, error) {
	for renew := false; ; renew = true {
		token, err := r.Token(ctx, renew)
		if err != nil {
			return nil, err
		}
		req, err := http.NewRequestWithContext(ctx, method, to, nil)
		if err != nil {
			return nil, fmt.Errorf("ask about files: %w", err)
		}
		if body != nil {
			withBody(req, body())
		}
		for name, values := range head {
			req.Header[name] = values
		}
		req.Header["User-Agent"] = nil
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := r.Client.Do(req)
		if err != nil {
			return nil, fmt.Errorf("reach the server's files: %w", err)
		}
		if res.StatusCode != http.StatusUnauthorized || renew {
			return res, nil
		}
		discard(res)
	}
}

func withBody(req *http.Request, body io.Reader) {
	req.Body = io.NopCloser(body)
	if s, ok := body.(interface{ Len() int }); ok {
		req.ContentLength = int64(s.Len())
	}
	if s, ok := body.(*io.SectionReader); ok {
		req.ContentLength = s.Size()
	}
}

func discard(res *http.Response) {
	_, _ = io.CopyN(io.Discard, res.Body, 64<<10) // lets the connection be used again
	_ = res.Body.Close()
}

// refusal turns an answer other than the one hoped for into an error.
func refusal(res *http.Response) error {
	defer discard(res)
	b, err := io.ReadAll(io.LimitReader(res.Body, wire.MaxBody))
	var f wire.Failure
	if err == nil && wire.Unpack(b, &f) == nil && f.Key != "" {
		args := make([]any, len(f.Args))
		for i, a := range f.Args {
			args[i] = a
		}
		return core.Refuse(core.Reason(f.Reason), "", f.Key, args...)
	}
	if most, err := strconv.ParseInt(res.Header.Get("Tus-Max-Size"), 10, 64); err == nil && res.StatusCode == http.StatusRequestEntityTooLarge {
		return core.Refuse(core.TooLarge, "", "refuse.file.large", "max", most>>20)
	}
	return fmt.Errorf("the server answered %d about files", res.StatusCode)
}

// Ask asks what the server has of at most [wire.MaxFiles] files each.
func (r *Remote) Ask(ctx context.Context, ask, look []core.FileName) (*wire.FilesAnswer, error) {
	body, err := wire.Pack(&wire.FilesRequest{Version: wire.Version, Ask: texts(ask), Look: texts(look)})
	if err != nil {
		return nil, err
	}
	res, err := r.send(ctx, http.MethodPost, r.Base+wire.PathFiles, nil, func() io.Reader { return bytes.NewReader(body) })
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, refusal(res)
	}
	defer discard(res)
	b, err := io.ReadAll(io.LimitReader(res.Body, wire.MaxBody+1))
	if err != nil {
		return nil, fmt.Errorf("read answer about files: %w", err)
	}
	ans := new(wire.FilesAnswer)
	return ans, wire.Unpack(b, ans)
}

func texts(names []core.FileName) []string {
	var out []string
	for _, n := range names {
		out = append(out, string(n))
	}
	return out
}

// Upload sends a file. at is where an earlier, interrupted upload stands, ""
// for none; note is told where this one stands, as soon as that is known and
// after every chunk, so that it can go on in another life of the program.
func (r *Remote) Upload(ctx context.Context, f *File, at string, note func(at string, offset int64) error) error {
	u := &upload{r: r, f: f, at: at, note: note}
	for failed := 0; ; {
		before := u.offset
		err := u.attempt(ctx)
		if err == nil {
			return nil
		}
		if failed++; u.offset > before {
			failed = 0 // it gets on, if slowly
		}
		var refused *core.Refusal
		if ctx.Err() != nil || errors.As(err, &refused) || failed >= maxAttempts {
			return fmt.Errorf("send file %s: %w", f.Name, err)
		}
		if errors.Is(err, ErrGone) {
			u.at, u.offset = "", 0
			if r.has(ctx, f.Name) {
				return nil // it was complete, and only the answer was lost
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(r.pause()):
		}
	}
}

func (r *Remote) has(ctx context.Context, name core.FileName) bool {
	ans, err := r.Ask(ctx, []core.FileName{name}, nil)
	return err == nil && len(ans.Missing) == 0
}

func (r *Remote) pause() time.Duration {
	if r.Pause > 0 {
		return r.Pause
	}
	return time.Second
}

// upload is one file on its way.
type upload struct {
	r      *Remote
	f      *File
	at     string // address; "": none yet
	offset int64  // bytes that the server has
	note   func(at string, offset int64) error
}

// attempt goes on until the file is there or something breaks.
func (u *upload) attempt(ctx context.Context) error {
	var err error
	if u.ours() {
		err = u.resume(ctx)
	} else {
		err = u.create(ctx)
	}
	for err == nil && u.offset < u.f.Size {
		err = u.patch(ctx)
	}
	return err
}

// ours reports whether the upload that was begun is one of this server.
func (u *upload) ours() bool { return u.at != "" && strings.HasPrefix(u.at, u.r.Base+"/") }

func tus() http.Header {
	h := make(http.Header)
	h.Set("Tus-Resumable", "1.0.0")
	return h
}

// create begins an upload with its first chunk: a small photo is one request.
func (u *upload) create(ctx context.Context) error {
	h := tus()
	h.Set("Upload-Length", strconv.FormatInt(u.f.Size, 10))
	h.Set("Upload-Metadata", wire.MetaFileName+" "+base64.StdEncoding.EncodeToString([]byte(u.f.Name)))
	h.Set("Content-Type", mediaTus)
	u.offset = 0
	res, err := u.r.send(ctx, http.MethodPost, u.r.Base+wire.PathUploads, h, func() io.Reader { return u.chunk() })
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusCreated {
		return refusal(res)
	}
	defer discard(res)
	base, err := url.Parse(u.r.Base + "/")
	if err != nil {
		return fmt.Errorf("address of server: %w", err)
	}
	to, err := base.Parse(res.Header.Get("Location"))
	if err != nil {
		return fmt.Errorf("address of upload: %w", err)
	}
	// Only the path counts: what a server behind a proxy believes to be called
	// leads elsewhere.
	u.at = u.r.Base + to.EscapedPath()
	return u.moved(res)
}

func (u *upload) chunk() *io.SectionReader {
	return io.NewSectionReader(u.f.ReaderAt, u.offset, min(chunkOf(u.f.Size), u.f.Size-u.offset))
}

// moved notes how far the server has come.
func (u *upload) moved(res *http.Response) error {
	n, err := strconv.ParseInt(res.Header.Get("Upload-Offset"), 10, 64)
	if err != nil || n < 0 || n > u.f.Size {
		return errors.New("the server does not say how much of the upload it has")
	}
	u.offset = n
	return u.note(u.at, n)
}

// resume asks where an interrupted upload stands.
func (u *upload) resume(ctx context.Context) error {
	res, err := u.r.send(ctx, http.MethodHead, u.at, tus(), nil)
	if err != nil {
		return err
	}
	defer discard(res)
	switch res.StatusCode {
	case http.StatusOK:
		return u.moved(res)
	case http.StatusLocked:
		return ErrBusy
	case http.StatusNotFound, http.StatusGone, http.StatusForbidden:
		return ErrGone
	}
	return fmt.Errorf("the server answered %d about an upload", res.StatusCode)
}

func (u *upload) patch(ctx context.Context) error {
	h := tus()
	h.Set("Upload-Offset", strconv.FormatInt(u.offset, 10))
	h.Set("Content-Type", mediaTus)
	res, err := u.r.send(ctx, http.MethodPatch, u.at, h, func() io.Reader { return u.chunk() })
	if err != nil {
		return err
	}
	switch res.StatusCode {
	case http.StatusNoContent:
		defer discard(res)
		return u.moved(res)
	case http.StatusLocked, http.StatusConflict:
		discard(res)
		return ErrBusy // the next attempt asks where it stands
	case http.StatusNotFound, http.StatusGone:
		discard(res)
		return ErrGone
	}
	return refusal(res)
}

// Fetched is what came of a file.
type Fetched struct {
	Bytes []byte // what arrived, from the beginning of the file on
	Whole bool   // all of it did
}

// Fetch gets a file, or its thumbnail, that a record names. got is what an
// interrupted fetch brought before. What has arrived is given also with an
// error, so that it can be gone on with. most bounds the bytes; 0: no bound.
func (r *Remote) Fetch(ctx context.Context, name core.FileName, by core.Ref, thumb bool, got []byte, most int64) (Fetched, error) {
	out := Fetched{Bytes: got}
	q := url.Values{"kind": {by.Kind}, "record": {by.ID.String()}}
	if thumb {
		q.Set("size", "thumb")
	}
	h := make(http.Header)
	if len(got) > 0 {
		h.Set("Range", fmt.Sprintf("bytes=%d-", len(got)))
	}
	res, err := r.send(ctx, http.MethodGet, r.Base+wire.PathFiles+"/"+string(name)+"?"+q.Encode(), h, nil)
	if err != nil {
		return out, err
	}
	switch res.StatusCode {
	case http.StatusOK:
		out.Bytes = nil
	case http.StatusPartialContent:
	case http.StatusRequestedRangeNotSatisfiable:
		discard(res)
		return Fetched{}, errors.New("the server has less of a file than was fetched: it is begun anew")
	case http.StatusNotFound:
		discard(res)
		return out, ErrAbsent
	default:
		return out, refusal(res)
	}
	defer res.Body.Close()
	if most > 0 && int64(len(out.Bytes))+res.ContentLength > most {
		return out, core.Refuse(core.TooLarge, "", "refuse.file.policy")
	}
	b, err := io.ReadAll(io.LimitReader(res.Body, maxFetch-int64(len(out.Bytes))))
	out.Bytes = append(out.Bytes, b...)
	if err != nil {
		return out, fmt.Errorf("fetch file %s: %w", name, err)
	}
	out.Whole = true
	return out, nil
}

// maxFetch bounds what a tablet takes into memory: more than a server takes by
// default.
const maxFetch = 256 << 20 // bytes
