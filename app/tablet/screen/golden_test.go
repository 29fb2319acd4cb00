package screen

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// The main screens are drawn as they were when somebody last looked at them:
// their structure as markup, and pictures at the two sizes of tablets. When one
// is meant to change, look at testdata/failed and then "make golden".
func TestGolden(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("才让多杰")
	w.write(home, map[string]any{"head_name_bo": "ཚེ་རིང་རྡོ་རྗེ།", "monitor_type": "sudden"})
	for _, name := range []string{"扎西卓玛", "索南加", "完么才旦"} {
		w.home(name)
	}
	of := home.ID.String()
	w.put("person", map[string]any{"household": of, "name": "才让多杰", "relation": "head", "sex": "1", "birth": "1980-01-01"})
	w.put("assignment", map[string]any{"household": of, "task": "风险线索核查", "due": "2026-11-20", "state": "open"})
	w.put("demand", map[string]any{"household": of, "title": "冬季饲草短缺", "cat": "industry", "state": "submitted", "urg": "soon"})
	class, session := w.class(5)
	w.shell.Go(&Session{Ref: session.Ref, Class: class.Ref})
	w.mark("学员00", "present")
	w.mark("学员01", "absent")
	for _, g := range []struct {
		name string
		show Screen
		then func()
	}{
		{"home", &Home{}, nil},
		{"households", &Households{}, nil},
		{"household", &Household{Ref: home.Ref}, nil},
		{"session", &Session{Ref: session.Ref, Class: class.Ref}, nil},
		{"visit", &Visit{Household: home.Ref}, func() { w.tap("简表") }},
	} {
		w.shell.Go(g.show)
		if g.then != nil {
			g.then()
		}
		w.golden(g.name)
	}
}

// golden compares the screen with what is kept of it.
func (w *world) golden(name string) {
	w.Helper()
	w.window.Resize(fyne.NewSize(800, 1280))
	w.loop.settle()
	test.AssertRendersToImage(w.T, name+"-high.png", w.window.Canvas())
	w.window.Resize(fyne.NewSize(1280, 800))
	w.loop.settle()
	test.AssertRendersToImage(w.T, name+"-wide.png", w.window.Canvas())
	test.AssertRendersToMarkup(w.T, name+".xml", w.window.Canvas())
}
