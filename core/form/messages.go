package form

import (
	"sort"
	"strings"
)

// Sentence is one line of the message table.
type Sentence struct {
	Key string
	En  string
	Zh  string
}

// MessageKeys lists every message of this package in English and Chinese, sorted by key. Places for arguments stand
// in braces.
func MessageKeys() []Sentence {
	out := make([]Sentence, 0, len(sentences))
	for key, s := range sentences {
		out = append(out, Sentence{key, s[0], s[1]})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}

// messageText finds a sentence; lang may be "zh", "zh-CN", "中文 (zh)" or anything for English.
func messageText(key, lang string) (string, bool) {
	s, ok := sentences[key]
	if !ok {
		return "", false
	}
	low := strings.ToLower(lang)
	if strings.HasPrefix(low, "zh") || strings.Contains(low, "(zh") || strings.Contains(low, "中文") {
		return s[1], true
	}
	return s[0], true
}
