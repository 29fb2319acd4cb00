package screen

import (
	"strings"

	"muqu/app/tablet/widget"
	"muqu/core"
)

// find searches options by part of their label or by its pinyin.
func (s *Shell) find(options []widget.Option) widget.Find {
	return func(text string, offset, limit int) ([]widget.Option, int, error) {
		text = strings.ToLower(strings.TrimSpace(text))
		var found []widget.Option
		for _, o := range options {
			if text == "" || strings.Contains(strings.ToLower(o.Label), text) || core.Sounds(o.Label, text) {
				found = append(found, o)
			}
		}
		return found[min(offset, len(found)):min(offset+limit, len(found))], len(found), nil
	}
}
