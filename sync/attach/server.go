package attach

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// Gate is what the server's files ask of the one who keeps its records.
type Gate interface {
	// TabletOf finds the tablet, or hub, behind a session's token.
	TabletOf(ctx context.Context, token string) (store.Device, bool, error)
	// ShownTo reads a record, if the tablet may see it now. A revoked one may
	// see nothing.
	ShownTo(ctx context.Context, d *store.Device, ref core.Ref) (core.Record, bool, error)
	// FileReceipt gives the centre's signed word that it has a file. At a hub
	// it is nil until that has come.
	FileReceipt(ctx context.Context, name core.FileName, size int64) ([]byte, error)
	// NamedBy gives the records that name a file.
	NamedBy(ctx context.Context, name core.FileName) ([]core.Ref, error)
}

// ServerConfig is what a server of files may be told; the zero value works.
type ServerConfig struct {
	MaxBytes int64            // of one file; 0: 64 MiB
	Stale    time.Duration    // after which an unfinished upload is given up; 0: 7 days
	Now      func() time.Time // nil: the machine's clock
	Log      *slog.Logger     // nil: nothing is logged
	// Missing is told of files that a record names, that somebody asked for
	// and that are not here; nil: nobody is. A hub asks the centre for them.
	Missing func(name core.FileName)
}

// DefaultMaxBytes is the largest file that a server takes unless it is told
// otherwise.
const DefaultMaxBytes = 64 << 20

// Server takes, keeps and hands out files, in three folders below its own:
// files, thumbs and uploads.
type Server struct {
	cfg     ServerConfig
	gate    Gate
	files   *Store
	thumbs  *Store
	dir     string // of unfinished uploads
	uploads http.Handler
	drawing sync.Mutex // held while a picture is decoded: one at a time

	mu   sync.Mutex // guards lost
	lost map[core.FileName]core.Ref
}

// maxLost bounds how many files are remembered that were asked for in vain.
const maxLost = 10000

// NewServer opens the files below a server's folder.
func NewServer(dir string, gate Gate, cfg ServerConfig) (*Server, error) {
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = DefaultMaxBytes
	}
	if cfg.Stale == 0 {
		cfg.Stale = 7 * 24 * time.Hour
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{cfg: cfg, gate: gate, dir: filepath.Join(dir, "uploads"), lost: make(map[core.FileName]core.Ref)}
	var err error
	if s.files, err = Open(filepath.Join(dir, "files"), ""); err != nil {
		return nil, err
	}
	if s.thumbs, err = OpenThumbs(filepath.Join(dir, "thumbs"), ""); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, fmt.Errorf("folder of uploads: %w", err)
	}
	s.uploads, err = s.tus()
	return s, err
}

// Store is where the files are, for backups, hubs and bundles.
func (s *Server) Store() *Store { return s.files }

// Routes puts the routes of files on mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.Handle("POST "+wire.PathFiles, s.admit(s.ask))
	mux.Handle("GET "+wire.PathFiles+"/{name}", s.admit(s.get))
	mux.Handle(wire.PathUploads, s.admit(s.upload))
}

// admit lets tablets in by their session, as /v1/sync does.
func (s *Server) admit(f func(http.ResponseWriter, *http.Request, *store.Device) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		d, found, err := s.gate.TabletOf(r.Context(), token)
		if err == nil && !found {
			write(w, http.StatusUnauthorized, wire.Failure{Key: "refuse.session", Text: "session over"})
			return
		}
		if err == nil {
			err = f(w, r, &d)
		}
		if err != nil {
			s.refuse(w, err)
		}
	})
}

func (s *Server) refuse(w http.ResponseWriter, err error) {
	var r *core.Refusal
	if err = store.NoRoom(err); errors.As(err, &r) && r.Reason == core.NoRoom {
		s.cfg.Log.Error("the disk is full", "err", err)
		r = core.Refuse(core.NoRoom, "", "refuse.full.server")
	}
	if r == nil {
		s.cfg.Log.Error("request about files failed", "err", err)
		write(w, http.StatusInternalServerError, wire.Failure{Key: "refuse.internal", Text: "the server has a fault: try again later"})
		return
	}
	write(w, r.Reason.Status(), failure(r))
}

func failure(r *core.Refusal) wire.Failure {
	args := make([]string, len(r.Args))
	for i, a := range r.Args {
		args[i] = fmt.Sprint(a)
	}
	return wire.Failure{Reason: uint8(r.Reason), Key: r.Key, Args: args, Text: r.Error()}
}

func write(w http.ResponseWriter, status int, m any) {
	b, err := wire.Pack(m)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header()["Date"] = nil
	w.Header()["Content-Type"] = nil
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	w.WriteHeader(status)
	// A tablet that is gone asks again.
	_, _ = w.Write(b)
}

// ask answers what is here of the files that a tablet names.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, d *store.Device) error {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, wire.MaxBody))
	if err != nil {
		return core.Refuse(core.TooLarge, "", "refuse.size")
	}
	var q wire.FilesRequest
	if err := wire.Unpack(b, &q); err != nil {
		return core.Refuse(core.Invalid, "", "refuse.message")
	}
	if q.Version != wire.Version {
		return core.Refuse(core.Invalid, "", "refuse.version")
	}
	if len(q.Ask) > wire.MaxFiles || len(q.Look) > wire.MaxFiles {
		return core.Refuse(core.TooLarge, "", "refuse.size")
	}
	ans, err := s.Answer(r.Context(), q.Ask)
	if err != nil {
		return err
	}
	for _, text := range q.Look {
		if name, ok := core.ParseFileName(text); ok && (s.files.Has(name) || s.thumbs.Has(name)) {
			ans.Here = append(ans.Here, text)
		}
	}
	if ans.Wanted, err = s.wanted(r.Context(), d); err != nil {
		return err
	}
	write(w, http.StatusOK, ans)
	return nil
}

// Answer says what is here of the files that somebody has: receipts for those,
// and which are missing.
func (s *Server) Answer(ctx context.Context, names []string) (*wire.FilesAnswer, error) {
	ans := &wire.FilesAnswer{Limit: s.cfg.MaxBytes}
	for _, text := range names {
		if err := s.answer(ctx, ans, text); err != nil {
			return nil, err
		}
	}
	return ans, nil
}

func (s *Server) answer(ctx context.Context, ans *wire.FilesAnswer, text string) error {
	name, ok := core.ParseFileName(text)
	if !ok {
		return core.Refuse(core.Invalid, "", "refuse.file")
	}
	st, err := os.Stat(s.files.path(name))
	if err != nil {
		ans.Missing = append(ans.Missing, text)
		return nil
	}
	receipt, err := s.gate.FileReceipt(ctx, name, st.Size())
	switch {
	case err != nil:
		return err
	case receipt == nil:
		ans.Held = append(ans.Held, text)
	default:
		ans.Receipts = append(ans.Receipts, receipt)
	}
	return nil
}

// wanted lists files that were asked for here in vain and are named by records
// that the tablet sees. To others even a hash is nothing to be told.
func (s *Server) wanted(ctx context.Context, d *store.Device) ([]string, error) {
	s.mu.Lock()
	lost := make(map[core.FileName]core.Ref, len(s.lost))
	for n, ref := range s.lost {
		lost[n] = ref
	}
	s.mu.Unlock()
	var out []string
	for n, ref := range lost {
		r, shown, err := s.gate.ShownTo(ctx, d, ref)
		if err != nil {
			return nil, err
		}
		if named, _ := core.NamesFile(&r, n); shown && named && len(out) < wire.MaxFiles {
			out = append(out, string(n))
		}
	}
	return out, nil
}

// miss remembers a file that a record names and that is not here, so that
// tablets which have it are asked.
func (s *Server) miss(name core.FileName, by core.Ref) {
	if s.cfg.Missing != nil {
		s.cfg.Missing(name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.lost) < maxLost {
		s.lost[name] = by
	}
}

// Recall remembers the files that were set aside as damaged, by whichever
// program and whenever, so that tablets which have them are asked.
func (s *Server) Recall(ctx context.Context) error {
	damaged, err := s.files.Damaged()
	if err != nil {
		return err
	}
	for _, name := range damaged {
		by, err := s.gate.NamedBy(ctx, name)
		if err != nil {
			return fmt.Errorf("who names file %s: %w", name, err)
		}
		if len(by) > 0 && !s.files.Has(name) {
			s.miss(name, by[0])
		}
	}
	return nil
}

// found forgets that a file was missed.
func (s *Server) found(name core.FileName) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.lost, name)
}

// get hands out a file, or its thumbnail, that a record in the tablet's area
// names.
func (s *Server) get(w http.ResponseWriter, r *http.Request, d *store.Device) error {
	name, ok := core.ParseFileName(r.PathValue("name"))
	if !ok {
		return core.Refuse(core.Invalid, "", "refuse.file")
	}
	ref, err := refOf(r)
	if err != nil {
		return err
	}
	rec, shown, err := s.gate.ShownTo(r.Context(), d, ref)
	if err != nil {
		return err
	}
	if named, _ := core.NamesFile(&rec, name); !shown || !named {
		return core.Refuse(core.Forbidden, "", "refuse.file.scope")
	}
	return s.Serve(w, r, name, ref, r.URL.Query().Get("size") == "thumb")
}

func refOf(r *http.Request) (core.Ref, error) {
	id, err := change.ParseRecordID(r.URL.Query().Get("record"))
	if err != nil {
		return core.Ref{}, core.Refuse(core.Invalid, "", "refuse.ref")
	}
	return core.Ref{Kind: r.URL.Query().Get("kind"), ID: id}, nil
}

// Serve writes a file, or its thumbnail, as the answer to a request whose
// right to it was checked. by is the record that names it.
func (s *Server) Serve(w http.ResponseWriter, r *http.Request, name core.FileName, by core.Ref, thumb bool) error {
	var body io.ReadSeeker
	kind := name.MediaType()
	if thumb {
		b, err := s.Thumb(name)
		if err != nil {
			return s.trouble(err, name, by)
		}
		body, kind = bytes.NewReader(b), "image/jpeg"
	} else {
		f, err := s.files.Open(name)
		if err != nil {
			return s.trouble(err, name, by)
		}
		defer f.Close()
		body = f.Reader(0)
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "no-store")
	if !name.Picture() {
		h.Set("Content-Disposition", "attachment")
	}
	http.ServeContent(w, r, "", time.Time{}, body)
	return nil
}

func (s *Server) trouble(err error, name core.FileName, by core.Ref) error {
	switch {
	case errors.Is(err, ErrDamaged):
		s.cfg.Log.Error("a file is damaged: it is set aside and asked for again", "file", string(name), "err", err)
		s.miss(name, by)
		return core.Refuse(core.NotFound, "", "refuse.file.absent")
	case errors.Is(err, ErrAbsent):
		s.miss(name, by)
		return core.Refuse(core.NotFound, "", "refuse.file.absent")
	case errors.Is(err, ErrPicture):
		return core.Refuse(core.Invalid, "", "refuse.file.picture")
	}
	return err
}
