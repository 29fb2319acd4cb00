package screen

import (
	"time"

	"muqu/core/change"
)

// moment returns a time as the worker's clock shows it.
func (s *Shell) moment(at change.Millis) string {
	return at.Time().In(s.Now().Location()).Format("2006-01-02 15:04")
}

// today returns the date on the worker's clock.
func (s *Shell) today() string { return s.Now().Format(time.DateOnly) }
