package core

import (
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
)

// syllable gives the pinyin of a character without its tone, or the character
// itself where it has none.
func syllable(c rune) string {
	if s, ok := syllables.Load(c); ok {
		return s.(string)
	}
	s := string(c)
	if found := pinyin.SinglePinyin(c, pinyin.NewArgs()); len(found) > 0 {
		s = found[0]
	}
	syllables.Store(c, s)
	return s
}

// syllables remembers what the library works out with a regular expression for
// every character: a table of villages has some hundred different ones, and the
// first sync of a tablet asks for them a million times.
var syllables sync.Map

// pinyinOf writes characters in pinyin, with sep after each.
func pinyinOf(r []rune, sep string) string {
	var b strings.Builder
	for _, c := range r {
		b.WriteString(syllable(c))
		b.WriteString(sep)
	}
	return b.String()
}
