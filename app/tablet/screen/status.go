package screen

import (
	"strconv"

	"muqu/core"
	"muqu/core/change"
)

// refreshStatus reads how much waits to be sent, shows it in the bar of tabs
// and tells the screen that wants to know.
func (s *Shell) refreshStatus() {
	opened, tell := s.opened, s.onStatus
	s.Run(func() func() {
		status, err := s.Tablet.Status(s.ctx)
		return func() {
			if err != nil {
				s.Fail(err)
				return
			}
			s.frame.count(TabSync, status.Unsent)
			s.frame.count(TabHome, status.OpenConflicts)
			if tell != nil && opened == s.opened {
				tell(status)
			}
		}
	})
}

// count shows at a tab how much waits there.
func (f *frame) count(tab Tab, n int) {
	text := ""
	switch {
	case n > 99:
		text = "99+"
	case n > 0:
		text = strconv.Itoa(n)
	}
	f.items[tab].SetCount(text)
}

// refTo returns the record that a field of that text refers to.
func refTo(kind, id string) (core.Ref, bool) {
	parsed, err := change.ParseRecordID(id)
	return core.Ref{Kind: kind, ID: parsed}, err == nil
}
