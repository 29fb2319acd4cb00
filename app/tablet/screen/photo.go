package screen

import (
	"context"
	"errors"
	"io"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/attach"
)

// Pictures keep photos, signatures and other files. A tablet is one.
type Pictures interface {
	// KeepPhoto keeps a photo, its longer side at most so many pixels; 0
	// leaves that to the settings.
	KeepPhoto(ctx context.Context, data []byte, longSide int) (core.FileName, error)
	// KeepFile keeps a file as it is; sort is the end of its name.
	KeepFile(ctx context.Context, r io.Reader, sort string) (core.FileName, error)
	File(ctx context.Context, name core.FileName) (store.File, bool, error)
	ReadFile(ctx context.Context, name core.FileName, thumb bool) ([]byte, error)
	// FetchFile gets a whole file from a server.
	FetchFile(ctx context.Context, name core.FileName) error
}

// sight is a file as it can be shown now.
type sight struct {
	store.File
	drawing fyne.Resource // the picture or its thumbnail; nil: there is nothing to draw
	private bool          // named by fields for personal documents only
}

// look reads what can be shown of a file: small, or as large as it is here.
// What is not here is no error.
func (s *Shell) look(ctx context.Context, name core.FileName, small bool) sight {
	at := sight{File: store.File{Name: name}}
	f, found, err := s.Pictures.File(ctx, name)
	if err != nil || !found || !name.Picture() {
		if found {
			at.File = f
		}
		return at
	}
	at.File = f
	thumb := f.Held&store.Whole == 0 || small && f.Held&store.Thumb != 0
	data, err := s.Pictures.ReadFile(ctx, name, thumb)
	if err == nil && attach.CanDraw(data) {
		at.drawing = fyne.NewStaticResource(string(name), data)
	}
	return at
}

// looks reads what can be shown of the files of a record.
func (s *Shell) looks(ctx context.Context, r *core.Record) []sight {
	if s.Pictures == nil {
		return nil
	}
	var out []sight
	for _, name := range core.FilesOf(r) {
		_, private := core.NamesFile(r, name)
		at := sight{File: store.File{Name: name}}
		if !private { // nothing of a document is shown by the way
			at = s.look(ctx, name, true)
		}
		at.private = private
		out = append(out, at)
	}
	return out
}

// whereFile says where a file is, in a few words.
func (s *Shell) whereFile(at *sight) (string, widget.Tone) {
	switch {
	case at.Trouble != "":
		return s.T(at.Trouble), widget.Trouble
	case at.Own && at.Safe == store.HereOnly:
		return s.T("state.tablet"), widget.Attention
	case at.Own && at.Safe == store.AtHub:
		return s.T("state.hub"), widget.Info
	case at.Held&store.Whole != 0:
		return s.T("file.here"), widget.Good
	case at.Held&store.Thumb != 0:
		return s.T("file.small"), widget.Plain
	}
	return s.T("file.away"), widget.Plain
}

// album shows the files of a record, and takes photos for it where it has a
// place for them.
func (s *Shell) album(r *core.Record, looks []sight) []fyne.CanvasObject {
	var tiles []fyne.CanvasObject
	for i := range looks {
		tiles = append(tiles, s.tile(r.Ref, &looks[i]))
	}
	var objects []fyne.CanvasObject
	if len(tiles) > 0 {
		objects = append(objects, widget.NewHeading(s.T("file.heading", "n", len(tiles))), widget.NewGrid(190, 5, tiles...))
	}
	k := core.KindOf(r.Kind)
	// What is published is changed where it was.
	if s.Pictures != nil && k.Field("photos").Type == core.Files && k.Open == nil && s.me.Role.MayWrite(r.Kind) && !r.Deleted {
		objects = append(objects, fynewidget.NewButtonWithIcon(s.T("file.add"), fynetheme.MediaPhotoIcon(), func() { s.addPhoto(r) }))
	}
	return objects
}

const tileHeight = 130 // dp, of the picture on a tile

// tile is one file of an album.
func (s *Shell) tile(ref core.Ref, at *sight) fyne.CanvasObject {
	var face fyne.CanvasObject
	switch {
	case at.private:
		face = widget.NewText(s.T("file.private"))
	case at.drawing != nil:
		face = drawn(at.drawing, 150, tileHeight)
	default:
		face = widget.NewText(s.sortOf(at.Name))
	}
	where, tone := s.whereFile(at)
	if at.private {
		where, tone = s.T("file.tap"), widget.Plain
	}
	return widget.NewPanel(widget.Plain, widget.NewColumn(face, widget.NewNote(where).Toned(tone)), func() {
		s.Go(&Picture{Record: ref, Name: at.Name})
	})
}

func drawn(r fyne.Resource, width, height float32) fyne.CanvasObject {
	image := canvas.NewImageFromResource(r)
	image.FillMode = canvas.ImageFillContain
	image.SetMinSize(fyne.NewSize(width, height))
	return image
}

func (s *Shell) sortOf(name core.FileName) string {
	if name.Picture() {
		return s.T("file.photo")
	}
	return s.T("file.other", "sort", name.Sort())
}

// addPhoto takes a photo into the photos of a record.
func (s *Shell) addPhoto(r *core.Record) {
	s.pickPhoto(func(data []byte) {
		Do(s, func(ctx context.Context) error { return s.attachPhoto(ctx, r.Ref, data) }, s.Reopen)
	})
}

func (s *Shell) attachPhoto(ctx context.Context, ref core.Ref, data []byte) error {
	name, err := s.Pictures.KeepPhoto(ctx, data, 0)
	if err != nil {
		return err
	}
	r, err := read(ctx, s.Book, ref)
	if err != nil {
		return err
	}
	photos := append(r.Field("photos").Elements(), change.Text(string(name)))
	_, err = s.Book.Commit(ctx, []core.Edit{{Ref: ref, From: r, Set: map[string]change.Value{"photos": change.ListOf(photos)}}})
	return err
}

// Picture is the page of one file: as large as it is here, with what is known
// of where it is.
type Picture struct {
	Record core.Ref
	Name   core.FileName
}

const pictureHeight = 480 // dp

// Open implements [Screen].
func (p *Picture) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading"))).Wide()
	Load(s, func(ctx context.Context) (sight, error) { return s.look(ctx, p.Name, false), nil }, func(at sight) {
		form.SetObjects(p.objects(s, &at)...)
	})
	return View{Title: s.sortOf(p.Name), Tab: tabOf(p.Record.Kind), Body: form}
}

func (p *Picture) objects(s *Shell, at *sight) []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	if at.drawing != nil {
		objects = append(objects, drawn(at.drawing, 200, pictureHeight))
	}
	where, tone := s.whereFile(at)
	objects = append(objects, widget.NewText(where).Toned(tone))
	if at.Size > 0 {
		objects = append(objects, widget.NewNote(s.T("file.size", "kb", (at.Size+1023)/1024)))
	}
	if at.Original != "" {
		objects = append(objects, widget.NewNote(s.T("file.original")))
	}
	if at.Held&store.Whole != 0 {
		return objects
	}
	fetch := fynewidget.NewButtonWithIcon(s.T("file.fetch"), fynetheme.DownloadIcon(), func() { p.fetch(s) })
	fetch.Importance = fynewidget.HighImportance
	return append(objects, fetch, widget.NewNote(s.T("file.fetch.explain")))
}

// fetch gets the whole file now, or with the next sync where no server can be
// reached.
func (p *Picture) fetch(s *Shell) {
	s.Say(widget.Info, s.T("file.fetching"))
	Do(s, func(ctx context.Context) error { return s.Pictures.FetchFile(ctx, p.Name) }, func() {
		s.Say(widget.Good, s.T("file.fetched"))
		if top, ok := s.Top().(*Picture); ok && *top == *p {
			s.Reopen()
		}
	})
}

// Policies decide what is done with photos and other files. A tablet has them.
type Policies interface {
	Policy(ctx context.Context) (attach.Policy, error)
	SetPolicy(ctx context.Context, p attach.Policy) error
}

// policy is the part of the settings that is about files.
func (p *Settings) policy(s *Shell, now attach.Policy) []fyne.CanvasObject {
	set := func(change func(*attach.Policy)) {
		change(&now)
		chosen := now
		Do(s, func(ctx context.Context) error { return s.Tablet.SetPolicy(ctx, chosen) }, func() { s.Say(widget.Good, s.T("file.policy.kept")) })
	}
	choice := func(key string, options []widget.Option, at string, take func(string)) fyne.CanvasObject {
		return widget.NewField(s.T(key), s.T(key+".hint"), widget.NewChoice(options, at, func(chosen string) {
			if chosen == "" { // tapped the one in use
				s.Reopen()
				return
			}
			take(chosen)
		}))
	}
	return []fyne.CanvasObject{
		choice("file.policy.network", s.offered("file.policy.network.", "always", "asked", "never"), string(now.Network), func(v string) {
			set(func(p *attach.Policy) { p.Network = attach.Network(v) })
		}),
		choice("file.policy.size", s.offered("file.policy.size.", "0", "2", "10"), megabytes(now.MaxBytes), func(v string) {
			set(func(p *attach.Policy) { p.MaxBytes = int64(number(v)) << 20 })
		}),
		choice("file.policy.side", s.offered("file.policy.side.", "1024", "1600", "2400"), strconv.Itoa(now.LongSide), func(v string) {
			set(func(p *attach.Policy) { p.LongSide = number(v) })
		}),
		choice("file.policy.original", s.offered("file.policy.original.", "no", "yes"), yesNo(now.KeepOriginals), func(v string) {
			set(func(p *attach.Policy) { p.KeepOriginals = v == "yes" })
		}),
	}
}

func (s *Shell) offered(prefix string, values ...string) []widget.Option {
	var out []widget.Option
	for _, v := range values {
		out = append(out, widget.Option{Value: v, Label: s.T(prefix + v)})
	}
	return out
}

// filesNews says what a sync did with files, "" where there were none.
func (s *Shell) filesNews(sent, fetched int, err error) (string, widget.Tone) {
	switch {
	case err != nil && !errors.Is(err, context.Canceled):
		return s.T("file.sync.later"), widget.Attention
	case sent+fetched > 0:
		return s.T("file.sync.done", "sent", sent, "fetched", fetched), widget.Good
	}
	return "", widget.Plain
}
