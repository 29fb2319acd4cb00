package attach

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/tus/tusd/v2/pkg/filelocker"
	"github.com/tus/tusd/v2/pkg/filestore"
	"github.com/tus/tusd/v2/pkg/handler"
	quiet "golang.org/x/exp/slog"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// maxOpen bounds the unfinished uploads of one tablet.
const maxOpen = 64

// deviceKey carries the tablet of a request to the callbacks of tusd.
type deviceKey struct{}

// tus is the tus 1.0 protocol with the extensions creation,
// creation-with-upload and termination. The names of uploads begin with their
// tablet, which alone may go on with them.
func (s *Server) tus() (http.Handler, error) {
	files := filestore.New(s.dir)
	compose := handler.NewStoreComposer()
	compose.UseCore(files)
	compose.UseTerminater(files)
	compose.UseLocker(filelocker.FileLocker{Path: s.dir, HolderPollInterval: 200 * time.Millisecond, AcquirerPollInterval: 100 * time.Millisecond})
	h, err := handler.NewHandler(handler.Config{
		StoreComposer: compose, MaxSize: s.cfg.MaxBytes, BasePath: wire.PathUploads, DisableDownload: true,
		Cors: &handler.CorsConfig{Disable: true}, Logger: quiet.New(quiet.NewTextHandler(io.Discard, nil)),
		PreUploadCreateCallback: s.begun, PreFinishResponseCallback: s.finished(files),
	})
	if err != nil {
		return nil, fmt.Errorf("uploads: %w", err)
	}
	return http.StripPrefix(wire.PathUploads, h), nil
}

// upload hands a request of a tablet to tusd.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, d *store.Device) error {
	id := strings.TrimPrefix(r.URL.Path, wire.PathUploads)
	if id != "" && !uploadOf(d.ID, id) {
		return core.Refuse(core.Forbidden, "", "refuse.file.scope")
	}
	w.Header().Set("Tus-Max-Size", strconv.FormatInt(s.cfg.MaxBytes, 10)) // also where one is refused
	s.uploads.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), deviceKey{}, d.ID)))
	return nil
}

func uploadsOf(d change.DeviceID) string { return hex.EncodeToString(d[:]) + "-" }

// uploadOf reports whether an upload is one of the tablet's. The name is held
// to its exact shape, because it becomes one of a file.
func uploadOf(d change.DeviceID, id string) bool {
	random, ok := strings.CutPrefix(id, uploadsOf(d))
	b, err := hex.DecodeString(random)
	return ok && err == nil && len(b) == randomBytes
}

const randomBytes = 16 // of an upload's name

// begun judges an upload before anything of it is taken.
func (s *Server) begun(event handler.HookEvent) (handler.HTTPResponse, handler.FileInfoChanges, error) {
	var none handler.FileInfoChanges
	name, ok := core.ParseFileName(event.Upload.MetaData[wire.MetaFileName])
	if !ok {
		return handler.HTTPResponse{}, none, refused(core.Refuse(core.Invalid, "", "refuse.file"))
	}
	device, ok := event.Context.Value(deviceKey{}).(change.DeviceID)
	if !ok {
		return handler.HTTPResponse{}, none, errors.New("an upload of nobody")
	}
	open, err := filepath.Glob(filepath.Join(s.dir, uploadsOf(device)+"*.info"))
	if err != nil || len(open) >= maxOpen {
		return handler.HTTPResponse{}, none, refused(core.Refuse(core.TooLarge, "", "refuse.busy"))
	}
	var random [randomBytes]byte
	if _, err := rand.Read(random[:]); err != nil {
		return handler.HTTPResponse{}, none, fmt.Errorf("name upload: %w", err)
	}
	return handler.HTTPResponse{}, handler.FileInfoChanges{
		ID: uploadsOf(device) + hex.EncodeToString(random[:]), MetaData: handler.MetaData{wire.MetaFileName: string(name)},
	}, nil
}

// refused writes a refusal as tusd sends it on.
func refused(r *core.Refusal) error {
	e := handler.NewError("ERR_REFUSED", r.Error(), r.Reason.Status())
	if b, err := wire.Pack(failure(r)); err == nil {
		e.HTTPResponse.Body = string(b)
		e.HTTPResponse.Header["Content-Type"] = wire.MediaType
	}
	return e
}

// finished puts a complete upload among the files, or drops it if it is not
// what it was said to be.
func (s *Server) finished(files filestore.FileStore) func(handler.HookEvent) (handler.HTTPResponse, error) {
	return func(event handler.HookEvent) (handler.HTTPResponse, error) {
		name, ok := core.ParseFileName(event.Upload.MetaData[wire.MetaFileName])
		if !ok {
			return handler.HTTPResponse{}, errors.New("an upload without a name")
		}
		err := s.move(name, event.Upload.Storage["Path"])
		if store.IsFull(store.NoRoom(err)) {
			return handler.HTTPResponse{}, refused(core.Refuse(core.NoRoom, "", "refuse.full.server"))
		}
		if err != nil && !errors.Is(err, ErrHash) {
			return handler.HTTPResponse{}, err // it stays, and may be tried again
		}
		s.cfg.Log.Debug("upload complete", "file", string(name), "good", err == nil)
		done, gone := files.GetUpload(event.Context, event.Upload.ID)
		if gone == nil {
			gone = files.AsTerminatableUpload(done).Terminate(event.Context)
		}
		if gone != nil {
			s.cfg.Log.Warn("an upload was not cleared away", "err", gone)
		}
		if err != nil {
			return handler.HTTPResponse{}, refused(core.Refuse(core.Invalid, "", "refuse.file.hash"))
		}
		s.arrived(name)
		return handler.HTTPResponse{}, nil
	}
}

func (s *Server) move(name core.FileName, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read upload: %w", err)
	}
	defer f.Close()
	_, err = s.files.Put(name, f)
	return err
}

// Tend gives up uploads that nobody went on with and asks for damaged files
// again, now and every few hours, until ctx ends.
func (s *Server) Tend(ctx context.Context) {
	t := time.NewTicker(6 * time.Hour)
	defer t.Stop()
	for {
		if err := errors.Join(s.Sweep(), s.Recall(ctx)); err != nil && ctx.Err() == nil {
			s.cfg.Log.Warn("the files were not tended", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Sweep drops what belongs to uploads that were not gone on with for long.
func (s *Server) Sweep() error {
	list, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("sweep uploads: %w", err)
	}
	fresh := make(map[string]bool)
	before := s.cfg.Now().Add(-s.cfg.Stale)
	stem := func(e fs.DirEntry) string { id, _, _ := strings.Cut(e.Name(), "."); return id }
	for _, e := range list {
		if st, err := e.Info(); err == nil && st.ModTime().After(before) {
			fresh[stem(e)] = true
		}
	}
	for _, e := range list {
		if fresh[stem(e)] {
			continue
		}
		if e := os.Remove(filepath.Join(s.dir, e.Name())); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}
	return err
}
