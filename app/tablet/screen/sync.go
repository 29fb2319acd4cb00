package screen

import (
	"context"
	"errors"
	"strconv"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/sync/attach"
	"muqu/sync/client"
)

// Sync says where the work is and reconciles it with the server. The worker
// may interrupt it at any time and go on with other work while it runs.
type Sync struct{}

// Open implements [Screen].
func (p *Sync) Open(s *Shell) View {
	figures, news, kept := widget.NewColumn(), widget.NewColumn(), widget.NewColumn()
	form := widget.NewForm(figures, news, kept).Wide()
	s.syncing.changed = func() {
		news.Objects = p.news(s)
		form.Refresh()
	}
	s.syncing.changed()
	s.onStatus = func(status client.Status) {
		figures.Objects = append([]fyne.CanvasObject{s.whereabouts(&status)}, p.files(s, &status)...)
		kept.Objects = p.quarantine(s, &status)
		form.Refresh()
	}
	return View{Title: s.T("tab.sync"), Tab: TabSync, Body: form}
}

// whereabouts shows how much is on the tablet only, at a hub and in conflict.
func (s *Shell) whereabouts(status *client.Status) fyne.CanvasObject {
	figure := func(n int, key string, some widget.Tone, to Screen) fyne.CanvasObject {
		tone := some
		if n == 0 {
			tone = widget.Good
		}
		return widget.NewFigure(strconv.Itoa(n), s.T(key), tone, func() { s.Go(to) })
	}
	return widget.NewColumn(
		widget.NewGrid(155, 3,
			figure(status.Unsent, "status.tablet", widget.Attention, &Sync{}),
			figure(status.AtHub, "status.hub", widget.Info, &Sync{}),
			figure(status.OpenConflicts, "status.conflicts", widget.Trouble, &Conflicts{})),
		widget.NewNote(s.lastSync(status)))
}

func (s *Shell) lastSync(status *client.Status) string {
	if status.LastSync == 0 {
		return s.T("status.never")
	}
	return s.T("status.centre", "time", s.moment(status.LastSync))
}

// files says which photos and other files wait, and moves them where that is
// left to the worker.
func (p *Sync) files(s *Shell, status *client.Status) []fyne.CanvasObject {
	f := status.Files
	var objects []fyne.CanvasObject
	if f.Unsent > 0 {
		objects = append(objects, widget.NewNote(s.T("file.sync.unsent", "n", f.Unsent, "kb", (f.UnsentBytes+1023)/1024)))
	}
	if f.AtHub > 0 {
		objects = append(objects, widget.NewNote(s.T("file.sync.hub", "n", f.AtHub)))
	}
	if f.Wanted > 0 {
		objects = append(objects, widget.NewNote(s.T("file.sync.wanted", "n", f.Wanted)))
	}
	switch {
	case f.Unsent+f.Wanted == 0:
	case f.Network == attach.Never:
		objects = append(objects, widget.NewNote(s.T("file.sync.never")))
	case !s.syncing.running():
		objects = append(objects, fynewidget.NewButtonWithIcon(s.T("file.sync.now"), fynetheme.UploadIcon(), func() { s.syncing.startWith(client.FilesAsked) }))
	}
	return objects
}

// news says what the sync does, or what came of the last one.
func (p *Sync) news(s *Shell) []fyne.CanvasObject {
	y := s.syncing
	if y.running() {
		stop := fynewidget.NewButtonWithIcon(s.T("sync.stop"), fynetheme.MediaStopIcon(), y.interrupt)
		return append(p.progress(s, y.progress), stop)
	}
	start := fynewidget.NewButtonWithIcon(s.T("sync.start"), fynetheme.ViewRefreshIcon(), y.start)
	start.Importance = fynewidget.HighImportance
	objects := []fyne.CanvasObject{start}
	note := func(tone widget.Tone, text string) {
		objects = append(objects, widget.NewPanel(tone, widget.NewText(text).Toned(tone), nil))
	}
	switch {
	case errors.Is(y.err, context.Canceled):
		note(widget.Info, s.T("sync.stopped"))
	case y.err != nil:
		note(widget.Attention, s.Reason(y.err))
	case y.result != nil:
		note(widget.Good, s.T("sync.done", "sent", y.result.Pushed, "received", y.result.Pulled))
		if text, tone := s.filesNews(y.result.Files.Sent, y.result.Files.Fetched, y.result.Files.Err); text != "" {
			note(tone, text)
		}
	}
	stick := fynewidget.NewButtonWithIcon(s.T("stick.open"), fynetheme.StorageIcon(), func() { s.Go(&Stick{}) })
	return append(objects, widget.NewNote(s.T("sync.explain")), stick)
}

// progress shows how far a sync has come, in both directions.
func (p *Sync) progress(s *Shell, at client.Progress) []fyne.CanvasObject {
	objects := []fyne.CanvasObject{widget.NewHeading(s.T("sync.running"))}
	if at == (client.Progress{}) {
		return append(objects, widget.NewText(s.T("sync.connecting")))
	}
	bar := func(text string, done, all int) {
		objects = append(objects, widget.NewText(text))
		if all > 0 {
			objects = append(objects, widget.NewBar(float32(done)/float32(all)))
		}
	}
	bar(s.T("sync.pushed", "n", at.Pushed, "all", max(at.ToPush, at.Pushed)), at.Pushed, at.ToPush)
	bar(s.T("sync.pulled", "n", at.Pulled), at.Pulled, at.ToPull)
	if at.ToFiles > 0 {
		bar(s.T("file.sync.progress", "n", at.Files, "all", at.ToFiles), at.Files, at.ToFiles)
	}
	return append(objects, widget.NewNote(s.T("sync.bytes", "kb", at.Bytes/1024)))
}

// quarantine lists own edits that the server keeps aside or a supervisor decided
// against, and why.
func (p *Sync) quarantine(s *Shell, status *client.Status) []fyne.CanvasObject {
	return append(p.kept(s, "sync.aside", "state.aside", status.Quarantined), p.kept(s, "sync.rejected", "state.rejected", status.Rejected)...)
}

func (p *Sync) kept(s *Shell, title, mark string, entries []client.Quarantined) []fyne.CanvasObject {
	if len(entries) == 0 {
		return nil
	}
	objects := []fyne.CanvasObject{widget.NewHeading(s.T(title, "n", len(entries))), widget.NewNote(s.T(title + ".explain"))}
	for _, q := range entries {
		objects = append(objects, widget.NewRowButton(widget.Line{Title: s.Text().Kind(q.Kind),
			Note: joined(" · ", s.moment(q.At), s.T(q.Reason)), Mark: s.T(mark), Tone: widget.Trouble},
			func() { s.Go(&Record{Ref: q.Ref}) }))
	}
	return objects
}
