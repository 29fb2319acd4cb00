package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"muqu/app/command"
	"muqu/app/survey"
	"muqu/core"
	"muqu/core/change"
	"muqu/sync/attach"
)

// maxSubmission bounds a submission's XML.
const maxSubmission = 32 << 20 // bytes

func importSubmissions(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	region := f.String("region", "", "region code of answers that name no village; empty: the province")
	return func(ctx context.Context, c *command.Call) error {
		at := core.PadRegion(administrator().Scope[0])
		if *region != "" {
			prefix, err := core.RegionPrefix(*region)
			if err != nil {
				return err
			}
			at = core.PadRegion(prefix)
		}
		paths, err := submissionFiles(c.Words)
		if err != nil {
			return err
		}
		return within(ctx, *data, nil, func(s *centre) error {
			i := &submissionImport{centre: s, l: s.library(), region: at, call: c, seen: make(map[core.Ref]bool)}
			return i.run(ctx, paths)
		})
	}
}

// submissionFiles lists the XML files that are named or lie in folders.
func submissionFiles(words []string) (paths []string, err error) {
	for _, w := range words {
		err := filepath.WalkDir(w, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && (path == w || strings.EqualFold(filepath.Ext(path), ".xml")) {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read submissions: %w", err)
		}
	}
	if len(paths) == 0 {
		return nil, errors.New("there is no .xml file there")
	}
	return paths, nil
}

// submissionImport brings in many submissions, some at a time.
type submissionImport struct {
	*centre
	l      *survey.Library
	region string
	call   *command.Call
	seen   map[core.Ref]bool // what stands in edits
	edits  []core.Edit
	visits int // of edits

	imported, here, refused, absent int
}

// batch is how many submissions are written at once.
const batch = 100

func (i *submissionImport) run(ctx context.Context, paths []string) error {
	for _, path := range paths {
		if err := i.one(ctx, path); err != nil {
			return err
		}
	}
	if err := i.flush(ctx); err != nil {
		return err
	}
	if err := i.call.Print(map[string]int{"imported": i.imported, "here_already": i.here, "refused": i.refused, "files_missing": i.absent}); err != nil {
		return err
	}
	if i.refused > 0 {
		return fmt.Errorf("%d submissions were refused: see above, and import them again; what is here already is left alone", i.refused)
	}
	return nil
}

// one takes in one submission. What is wrong with it is said, and the others
// go on; only a fault of the server itself ends the import.
func (i *submissionImport) one(ctx context.Context, path string) error {
	xml, err := readBounded(path, maxSubmission)
	if err != nil {
		return i.refuse(path, err)
	}
	arrived, edits, err := i.l.Receive(ctx, survey.Submission{XML: xml, Region: i.region, Today: time.Now().Format(time.DateOnly), Beside: i.beside(ctx, filepath.Dir(path)),
		Known: func(at time.Time) (change.Position, error) { return i.PositionAt(ctx, change.MillisOf(at)) }})
	if err == nil && len(edits) > 0 {
		_, err = edits[0].Prepare(core.Defaults{Role: core.Admin})
	}
	switch {
	case err != nil:
		return i.refuse(path, err)
	case len(edits) == 0 || i.seen[arrived.Ref]:
		i.here++
		return nil
	}
	for _, u := range arrived.Unknown {
		fmt.Fprintf(i.call.Err, "%s: the form has no question %s; its answer is kept under that name\n", path, u)
	}
	for _, n := range arrived.Absent {
		fmt.Fprintf(i.call.Err, "%s: the file %s does not lie beside it\n", path, n)
	}
	i.absent += len(arrived.Absent)
	i.seen[arrived.Ref] = true
	i.visits++
	i.edits = append(i.edits, edits[0])
	for _, e := range edits[1:] {
		if _, err := e.Prepare(core.Defaults{Role: core.Admin}); err != nil {
			fmt.Fprintf(i.call.Err, "%s: the answers are kept, but not what they say of a %s: %v\n", path, e.Kind, err)
			continue
		}
		i.edits = append(i.edits, e)
	}
	if len(i.edits) >= batch {
		return i.flush(ctx)
	}
	return nil
}

func (i *submissionImport) refuse(path string, err error) error {
	fmt.Fprintf(i.call.Err, "%s: %v\n", path, err)
	i.refused++
	return nil
}

func (i *submissionImport) flush(ctx context.Context) error {
	if len(i.edits) == 0 {
		return nil
	}
	if _, err := i.l.Book.Commit(ctx, i.edits); err != nil {
		return fmt.Errorf("after %d submissions: %w", i.imported, err)
	}
	i.imported += i.visits
	i.edits, i.visits = nil, 0
	clear(i.seen)
	return nil
}

func readBounded(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(b)) > most {
		err = core.Refuse(core.TooLarge, "", "refuse.file.large", "max", most>>20)
	}
	return b, err
}

// beside keeps files of a folder. A photo is made smaller and loses what the
// camera wrote into it, as one from a tablet does.
func (i *submissionImport) beside(ctx context.Context, dir string) func(string) (core.FileName, bool, error) {
	return func(name string) (core.FileName, bool, error) {
		if name != filepath.Base(name) || name == "." || name == ".." {
			return "", false, nil
		}
		b, err := readBounded(filepath.Join(dir, name), attach.DefaultMaxBytes)
		if errors.Is(err, fs.ErrNotExist) {
			return "", false, nil
		}
		if err != nil {
			return "", false, err
		}
		sort := filepath.Ext(name)
		if small, s, err := attach.Shrink(b, attach.DefaultLongSide); err == nil {
			b, sort = small, s
		}
		kept := core.NewFileName(sha256.Sum256(b), sort)
		return kept, true, i.l.Files.PutFile(ctx, kept, bytes.NewReader(b))
	}
}

func exportSubmissions(f *flag.FlagSet) func(context.Context, *command.Call) error {
	a := newAnswerFlags(f, "folder, or .zip file, to write: a folder for each submission")
	return func(ctx context.Context, c *command.Call) error {
		if *a.out == "" {
			return &command.UsageError{Text: "say where to write: --out FOLDER or --out FILE.zip"}
		}
		return a.read(ctx, c.Words[0], func(s *centre, _ survey.Form, answers []survey.Answered) error {
			files, err := s.writeSubmissions(*a.out, answers)
			if err != nil {
				return err
			}
			return c.Print(map[string]any{"exported": len(answers), "files": files, "out": *a.out})
		})
	}
}

// writeSubmissions writes a folder for each submission, with its files beside
// it, and counts those. A file that has not arrived is left out.
func (s *centre) writeSubmissions(out string, answers []survey.Answered) (files int, err error) {
	put, done, err := writerTo(out)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, done()) }()
	for i := range answers {
		a := &answers[i]
		if err := put(a.ID.String()+"/submission.xml", a.XML()); err != nil {
			return files, err
		}
		for _, name := range core.FilesOf(&a.Record) {
			b, err := s.files.Store().Read(name)
			if errors.Is(err, attach.ErrAbsent) || errors.Is(err, attach.ErrDamaged) {
				continue
			}
			if err == nil {
				err = put(a.ID.String()+"/"+string(name), b)
			}
			if err != nil {
				return files, err
			}
			files++
		}
	}
	return files, nil
}

// writerTo gives a function that writes files into a folder or a zip file.
func writerTo(out string) (put func(name string, b []byte) error, done func() error, err error) {
	if !strings.EqualFold(filepath.Ext(out), ".zip") {
		return func(name string, b []byte) error {
			path := filepath.Join(out, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return err
			}
			return os.WriteFile(path, b, 0o600)
		}, func() error { return nil }, nil
	}
	f, err := os.OpenFile(out, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, err
	}
	z := zip.NewWriter(f)
	return func(name string, b []byte) error {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(b)
		}
		return err
	}, func() error { return errors.Join(z.Close(), f.Close()) }, nil
}
