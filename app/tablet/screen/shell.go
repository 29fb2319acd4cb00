package screen

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"

	"muqu/app/survey"
	"muqu/app/tablet/widget"
	"muqu/assets"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/client"
)

// Drafts keep what was begun and not saved. A tablet is one.
type Drafts interface {
	PutDraft(ctx context.Context, d store.Draft) error
	Drafts(ctx context.Context, kind, about string) ([]store.Draft, error)
	RemoveDraft(ctx context.Context, id string) error
}

// Config is what a shell works with. Window, Book, Drafts, Tablet, Courier,
// Servers and Regions are needed; the rest has a zero value that works.
type Config struct {
	Window   fyne.Window
	Book     core.Finder
	Regions  *core.Regions
	Drafts   Drafts
	Tablet   Tablet
	Courier  Courier
	Servers  Servers
	Pictures Pictures                       // nil = none can be taken
	Platform string                         // what an update must be for, as Go names systems
	Version  string                         // of this program; "" = older than any
	Language assets.Language                // "" = Chinese
	Keep     func(language assets.Language) // remembers the language; nil = not remembered
	Now      func() time.Time               // nil = the clock
	Run      widget.Runner                  // nil = in the background
	Post     func(func())                   // calls a function on the UI thread; nil = Fyne does
	Patience time.Duration                  // after leaving a line before it is objected to; 0 = as long as a tap takes
	Log      *slog.Logger                   // nil = nothing is logged
}

// Screen is something to look at or to fill in. Open builds it from the data
// as they are; it is called again whenever these or the language change.
type Screen interface {
	Open(s *Shell) View
}

// View is a screen as built.
type View struct {
	Title   string
	Heading *widget.Title // in place of Title, where that is not known at once
	Tab     Tab           // the part of the app it belongs to
	Body    fyne.CanvasObject
	Actions []fyne.CanvasObject // at the right of the title
	Bare    bool                // without the bar of tabs: nothing else may be done before this is
}

// Shell shows one screen at a time.
type Shell struct {
	Config
	ctx      context.Context
	text     atomic.Pointer[assets.Catalog] // read by searches away from the UI thread
	stack    []Screen                       // the last one is shown
	frame    *frame
	toast    *widget.Toast
	me       client.Identity // who the tablet is
	syncing  *syncing
	onStatus func(client.Status) // the screen's wish to know; nil = none
	shelf    *survey.Shelf       // forms that were read
	opened   int                 // counts openings, so that answers for an earlier one are dropped
}

// New returns a shell that shows first in its window. Work in progress is
// given up when ctx ends.
func New(ctx context.Context, c Config, first Screen) *Shell {
	if c.Language == "" {
		c.Language = assets.Chinese
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Run == nil {
		c.Run = widget.Background
	}
	if c.Post == nil {
		c.Post = fyne.Do
	}
	if c.Patience == 0 {
		c.Patience = 300 * time.Millisecond
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	s := &Shell{shelf: new(survey.Shelf), Config: c, ctx: ctx, toast: widget.NewToast(), stack: []Screen{first}}
	s.me, s.syncing = c.Tablet.Identity(), &syncing{shell: s}
	s.frame = newFrame(s)
	s.speak(c.Language)
	c.Window.SetPadded(false)
	c.Window.SetContent(s.frame.object)
	c.Window.Canvas().SetOnTypedKey(s.typed)
	s.Reopen()
	return s
}

// T translates a key, see [assets.Catalog.T].
func (s *Shell) T(key string, args ...any) string { return s.Text().T(key, args...) }

// Text returns the catalog of the language in use.
func (s *Shell) Text() *assets.Catalog { return s.text.Load() }

// SetLanguage changes the language of everything at once.
func (s *Shell) SetLanguage(language assets.Language) {
	s.speak(language)
	if s.Keep != nil {
		s.Keep(language)
	}
	s.Reopen()
}

func (s *Shell) speak(language assets.Language) {
	s.Language = language
	s.text.Store(assets.NewCatalog(language, assets.Core, assets.Tablet))
	s.frame.label()
	s.Window.SetTitle(s.T("app.name"))
}

// Go shows another screen; Back returns from it.
func (s *Shell) Go(next Screen) {
	s.stack = append(s.stack, next)
	s.Reopen()
}

// Replace shows another screen in place of the present one.
func (s *Shell) Replace(next Screen) {
	s.stack[len(s.stack)-1] = next
	s.Reopen()
}

// Start shows a screen from which there is no way back.
func (s *Shell) Start(first Screen) {
	s.stack = []Screen{first}
	s.Reopen()
}

// Back returns to the screen before this one, or closes the window that lies
// over it. It reports whether there was anything to go back from.
func (s *Shell) Back() bool {
	if over := s.Window.Canvas().Overlays(); over.Top() != nil {
		over.Remove(over.Top())
		return true
	}
	if len(s.stack) < 2 {
		return false
	}
	s.stack = s.stack[:len(s.stack)-1]
	s.Reopen()
	return true
}

// Top returns the screen that is shown.
func (s *Shell) Top() Screen { return s.stack[len(s.stack)-1] }

// Reopen builds the screen again.
func (s *Shell) Reopen() {
	s.opened++
	s.onStatus, s.syncing.changed = nil, nil
	s.Window.Canvas().Unfocus()
	s.frame.show(s.Top().Open(s), len(s.stack) > 1)
	s.refreshStatus()
}

// typed hears the keys that no field takes. Back at the first screen does
// nothing: a worker should not fall out of the app by one tap too many.
func (s *Shell) typed(key *fyne.KeyEvent) {
	if key.Name == mobile.KeyBack || key.Name == fyne.KeyEscape {
		s.Back()
	}
}

// Say tells for a few seconds what has happened.
func (s *Shell) Say(tone widget.Tone, text string) { s.toast.Say(text, tone) }

// Fail tells that something could not be done. What core refused is said in
// its own words; of anything else the log has the detail.
func (s *Shell) Fail(err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	var refusal *core.Refusal
	if !errors.As(err, &refusal) && !errors.Is(err, client.ErrOffline) {
		s.Log.Error("screen failed", "err", err)
	}
	s.Say(widget.Trouble, s.Reason(err))
}

// Reason returns an error in the words of the user.
func (s *Shell) Reason(err error) string {
	var refusal *core.Refusal
	err = store.NoRoom(err)
	switch {
	case errors.Is(err, client.ErrOffline):
		return s.T("error.offline")
	case errors.Is(err, change.ErrTooLarge):
		return s.T("refuse.command")
	case !errors.As(err, &refusal):
		return s.T("error.internal")
	}
	sentence := s.T(refusal.Key, refusal.Args...)
	if refusal.Field == "" || refusal.Field == "region" {
		return sentence
	}
	return s.T("sentence.of", "field", s.Text().FieldOfAny(core.KindNames(), refusal.Field), "text", sentence)
}

// Load reads something away from the UI thread and shows it, unless another
// screen has been opened meanwhile. If it can't be read the screen says so and
// lets the worker try again.
func Load[T any](s *Shell, read func(ctx context.Context) (T, error), show func(T)) {
	opened := s.opened
	s.Run(func() func() {
		value, err := read(s.ctx)
		return func() {
			switch {
			case opened != s.opened:
			case err != nil:
				s.Fail(err)
				s.frame.broken(err)
			default:
				show(value)
			}
		}
	})
}

// Do runs a command away from the UI thread; done is called when it was
// carried out, whatever screen is shown then.
func Do(s *Shell, command func(ctx context.Context) error, done func()) {
	s.Run(func() func() {
		err := command(s.ctx)
		return func() {
			if err != nil {
				s.Fail(err)
				return
			}
			done()
		}
	})
}
