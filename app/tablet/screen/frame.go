package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/theme"
	"muqu/app/tablet/widget"
)

// Tab is a part of the app that has a place of its own in the bar.
type Tab int

// The tabs in the order of the bar.
const (
	TabHome Tab = iota
	TabHouseholds
	TabDemands
	TabClasses
	TabSync
	TabSettings
)

// frame is what surrounds every screen: a bar with the way back, the title and
// the screen's actions, and a bar of tabs that stands at the left of a wide
// window and at the bottom of a high one.
type frame struct {
	shell  *Shell
	object fyne.CanvasObject
	bar    *fyne.Container
	tabs   *fyne.Container
	body   *fyne.Container
	items  []*widget.Tab
}

func newFrame(s *Shell) *frame {
	f := &frame{shell: s, bar: container.NewStack(), body: container.NewStack(),
		tabs: container.New(tabsLayout{}, canvas.NewRectangle(theme.Color(theme.ColorRaised)))}
	f.object = container.NewStack(
		canvas.NewRectangle(theme.Color(fynetheme.ColorNameBackground)),
		container.New(frameLayout{}, f.bar, f.tabs, f.body),
		s.toast)
	return f
}

// label makes the tabs anew in the language of the shell.
func (f *frame) label() {
	s := f.shell
	f.items = []*widget.Tab{
		widget.NewTab(fynetheme.HomeIcon(), s.T("tab.home"), func() { s.Start(&Home{}) }),
		widget.NewTab(fynetheme.AccountIcon(), s.T("tab.households"), func() { s.Start(&Households{}) }),
		widget.NewTab(fynetheme.DocumentCreateIcon(), s.T("tab.demands"), func() { s.Start(&Demands{}) }),
		widget.NewTab(fynetheme.CalendarIcon(), s.T("tab.classes"), func() { s.Start(&Classes{}) }),
		widget.NewTab(fynetheme.ViewRefreshIcon(), s.T("tab.sync"), func() { s.Start(&Sync{}) }),
		widget.NewTab(fynetheme.SettingsIcon(), s.T("tab.settings"), func() { s.Start(&Settings{}) }),
	}
	f.tabs.Objects = f.tabs.Objects[:1]
	for _, item := range f.items {
		f.tabs.Add(item)
	}
}

// show puts a view into the frame.
func (f *frame) show(v View, back bool) {
	f.tabs.Hidden = v.Bare
	for tab, item := range f.items {
		item.SetChosen(Tab(tab) == v.Tab)
	}
	f.bar.Objects = []fyne.CanvasObject{canvas.NewRectangle(theme.Color(theme.ColorRaised)), f.barOf(v, back)}
	f.body.Objects = []fyne.CanvasObject{v.Body}
	f.object.Refresh()
}

// broken shows in place of the body that it could not be read.
func (f *frame) broken(err error) {
	again := fynewidget.NewButtonWithIcon(f.shell.T("error.again"), fynetheme.ViewRefreshIcon(), f.shell.Reopen)
	f.body.Objects = []fyne.CanvasObject{widget.NewForm(
		widget.NewPanel(widget.Trouble, widget.NewText(f.shell.Reason(err)).Toned(widget.Trouble), nil), again)}
	f.body.Refresh()
}

func (f *frame) barOf(v View, back bool) fyne.CanvasObject {
	var left fyne.CanvasObject
	if back {
		left = fynewidget.NewButtonWithIcon("", fynetheme.NavigateBackIcon(), func() { f.shell.Back() })
	}
	right := container.NewHBox(v.Actions...)
	title := v.Heading
	if title == nil {
		title = widget.NewTitle(v.Title)
	}
	return container.New(inset{8, 4}, container.NewBorder(nil, nil, left, right, container.New(inset{10, 0}, title)))
}

// wide tells whether a window of that size has its tabs at the left.
func wide(size fyne.Size) bool { return size.Width > size.Height && size.Width >= 720 }

const (
	railWidth = 104 // dp, of the tabs at the left
	barHeight = 62  // dp, of the title
	tabsBelow = 66  // dp, of the tabs at the bottom
)

// frameLayout places the bar, the tabs and the body.
type frameLayout struct{}

// Layout implements fyne.Layout.
func (frameLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	bar, tabs, body := objects[0], objects[1], objects[2]
	left, below := float32(0), float32(0)
	switch {
	case !tabs.Visible():
	case wide(size):
		left = railWidth
		tabs.Move(fyne.NewPos(0, 0))
		tabs.Resize(fyne.NewSize(railWidth, size.Height))
	default:
		below = tabsBelow
		tabs.Move(fyne.NewPos(0, size.Height-tabsBelow))
		tabs.Resize(fyne.NewSize(size.Width, tabsBelow))
	}
	bar.Move(fyne.NewPos(left, 0))
	bar.Resize(fyne.NewSize(size.Width-left, barHeight))
	body.Move(fyne.NewPos(left, barHeight))
	body.Resize(fyne.NewSize(size.Width-left, size.Height-barHeight-below))
}

// MinSize implements fyne.Layout: any window will do, the rest scrolls.
func (frameLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 300) }

// tabsLayout gives the tabs equal shares, below each other or side by side,
// over the ground that comes first.
type tabsLayout struct{}

// Layout implements fyne.Layout.
func (tabsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	tabs := objects[1:]
	for i, tab := range tabs {
		if size.Height > size.Width {
			height := min(size.Height/float32(len(tabs)), 96)
			tab.Move(fyne.NewPos(4, float32(i)*height+3))
			tab.Resize(fyne.NewSize(size.Width-8, height-6))
			continue
		}
		width := size.Width / float32(len(tabs))
		tab.Move(fyne.NewPos(float32(i)*width+3, 3))
		tab.Resize(fyne.NewSize(width-6, size.Height-6))
	}
}

// MinSize implements fyne.Layout.
func (tabsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSquareSize(theme.Touch) }

// inset leaves room around the one object inside, dp.
type inset struct{ side, top float32 }

// Layout implements fyne.Layout.
func (i inset) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Move(fyne.NewPos(i.side, i.top))
	objects[0].Resize(size.SubtractWidthHeight(2*i.side, 2*i.top))
}

// MinSize implements fyne.Layout.
func (i inset) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return objects[0].MinSize().AddWidthHeight(2*i.side, 2*i.top)
}
