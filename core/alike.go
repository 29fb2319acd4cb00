package core

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"muqu/core/change"
)

// Double names the fields by which one may see that a household or a person
// was registered twice. "" = the kind has no such field.
type Double struct {
	Name, Spelling string // Chinese and Tibetan
	Number, Phone  string
	Book           string // number in the national system
	Group          string // part of the village
	Birth, Sex     string
	Home           string // household that a person belongs to
}

// Alike is how much two records look like the same household or person.
type Alike struct {
	Score   int      // 0 to 100
	Reasons []string // what speaks for it: number, book, phone, name, sound, variant, spelling, village, group, birth, home
}

// Suspicious is the score from which on two records are shown to people.
// Nothing is ever merged by a score alone.
const Suspicious = 40

// Degree puts a score into a word: sure, likely or possible; "" where it is no
// suspicion.
func (a Alike) Degree() string {
	switch {
	case a.Score >= 80:
		return "sure"
	case a.Score >= 60:
		return "likely"
	case a.Score >= Suspicious:
		return "possible"
	}
	return ""
}

// The pseudo-fields under which a record is indexed for being found again.
const (
	keyName     = "~name"     // village and sound of the name
	keySpelling = "~spelling" // village and Tibetan letters
	keyBirth    = "~birth"    // sound of the name and date of birth
)

// AlikeKeys gives what a record is indexed by so that its doubles are found,
// besides its numbers.
func AlikeKeys(r *Record) map[string]string {
	d := KindOf(r.Kind).Double
	if d == nil || r.Deleted {
		return nil
	}
	out := make(map[string]string, 3)
	if key := nameKey(r.Text(d.Name)); key != "" {
		out[keyName] = r.Region + "/" + key
		if birth := r.Text(d.Birth); d.Birth != "" && birth != "" {
			out[keyBirth] = key + "/" + birth
		}
	}
	if key := spellingKey(r.Text(d.Spelling)); key != "" {
		out[keySpelling] = r.Region + "/" + key
	}
	return out
}

// doubleKeys lists the indexes through which doubles are found, the surest
// first.
func (k *Kind) doubleKeys() []string {
	d := k.Double
	all := []string{d.Number, d.Book, d.Phone, keySpelling, keyName, keyBirth}
	return slices.DeleteFunc(all, func(f string) bool { return f == "" || f == keyBirth && d.Birth == "" })
}

// Compare says how much two records of one kind look alike.
func Compare(a, b *Record) Alike {
	d := KindOf(a.Kind).Double
	if d == nil || a.Kind != b.Kind {
		return Alike{}
	}
	c := comparison{a: a, b: b}
	phone := 45
	if d.Home != "" {
		phone = 30 // one phone for a whole family is common
	}
	c.equal(d.Number, "number", 100, -60)
	c.equal(d.Book, "book", 80, 0)
	c.equal(d.Phone, "phone", phone, 0)
	if c.name(d) {
		if a.Region == b.Region && a.Region != "" {
			c.add(10, "village")
		}
		c.equal(d.Group, "group", 10, -10)
		c.equal(d.Home, "home", 15, -15)
	}
	c.equal(d.Birth, "birth", 35, -50)
	c.equal(d.Sex, "", 0, -50)
	return Alike{max(0, min(100, c.score)), c.reasons}
}

type comparison struct {
	a, b    *Record
	score   int
	reasons []string
}

func (c *comparison) add(points int, reason string) {
	c.score += points
	if reason != "" {
		c.reasons = append(c.reasons, reason)
	}
}

// equal weighs a field that both have.
func (c *comparison) equal(field, reason string, same, other int) {
	if field == "" {
		return
	}
	x, y := fold(dropSpaces(c.a.Text(field))), fold(dropSpaces(c.b.Text(field)))
	switch {
	case x == "" || y == "":
	case x == y:
		c.add(same, reason)
	default:
		c.score += other
	}
}

// short names are borne by many: in most villages there are several 卓玛.
const (
	shortName    = 2
	shortPenalty = -20
)

// name weighs the names in both scripts, and reports whether either fits.
func (c *comparison) name(d *Double) bool {
	x, y := bare(c.a.Text(d.Name)), bare(c.b.Text(d.Name))
	points, reason := 0, ""
	switch {
	case x == "" || y == "":
	case x == y:
		points, reason = 45, "name"
	case soundOf(x) == soundOf(y):
		points, reason = 40, "sound"
	case nameKey(x) == nameKey(y):
		points, reason = 30, "variant"
	}
	if points > 0 && max(len([]rune(x)), len([]rune(y))) <= shortName {
		points += shortPenalty
	}
	if s := spellingKey(c.a.Text(d.Spelling)); points < 45 && s != "" && s == spellingKey(c.b.Text(d.Spelling)) {
		points, reason = 45, "spelling"
		if strings.Count(s, "") < 12 { // two syllables
			points += shortPenalty
		}
	}
	if points > 0 {
		c.add(points, reason)
	}
	return points > 0
}

// bare leaves the letters of a name.
func bare(name string) string {
	return strings.Join(strings.FieldsFunc(fold(name), separates), "")
}

// soundOf writes a name in pinyin without tones; Latin letters stay.
func soundOf(name string) string { return pinyinOf([]rune(bare(name)), "") }

// nameKey gives spellings of one name the same text: variants that clerks
// choose between for one Tibetan name, and sounds that are confused in the
// region. It is for finding; what it finds is weighed by [Compare].
func nameKey(name string) string {
	r := []rune(bare(name))
	if len(r) > 40 {
		r = r[:40]
	}
	var b strings.Builder
	for i := 0; i < len(r); {
		if i+2 <= len(r) {
			if sound, ok := variants()[string(r[i:i+2])]; ok {
				b.WriteString(sound)
				i += 2
				continue
			}
		}
		b.WriteString(syllable(r[i]))
		i++
	}
	return confused.Replace(b.String())
}

// confused sounds are written for each other by people who hear a name.
var confused = strings.NewReplacer("zh", "z", "ch", "c", "sh", "s", "ng", "n")

// variants gives for each Chinese spelling of a Tibetan name the sound of the
// first in its line. Names that only look alike, such as 才让 (ཚེ་རིང) and 才旦
// (ཚེ་བརྟན), stand in different lines.
var variants = sync.OnceValue(func() map[string]string {
	out := make(map[string]string)
	for _, line := range strings.Split(spellings, "\n") {
		words := strings.Fields(line)
		for _, w := range words {
			out[w] = pinyinOf([]rune(words[0]), "")
		}
	}
	return out
})

const spellings = `才让 才仁 次仁 泽仁 才郎 次林
卓玛 卓麻 召玛 卓马
扎西 扎喜 札西
多杰 多吉 道吉 道杰
才旦 次旦 才丹 次丹
仁青 仁钦 仁庆
丹增 旦增 旦曾 单增
索南 索郎 索朗 索囊
尼玛 尼麻 尼马
达娃 达瓦 达哇
格桑 尕桑 噶桑 盖桑
桑杰 桑吉
嘉措 加措 江措 嘉错
卓尕 卓嘎 卓噶
拉毛 拉姆 拉莫
措毛 措姆 错毛 错姆
央金 秧金 杨金
南加 南杰 朗杰 南嘉 南佳
顿珠 东智 东珠 端智 冬智 顿主
根登 更登 格登 根敦
丹巴 旦巴
洛桑 罗桑 罗藏 洛藏
彭措 平措 朋措 彭错
公保 贡保 官保
班旦 华旦 巴旦 班丹
加羊 嘉央 加央 嘉洋
贡觉 官却 贡却 昆却
昂毛 昂姆
吉毛 吉姆
白玛 白马 班玛 华毛
更尕 贡嘎 根嘎 更嘎
久美 晋美 久买
切吉 曲吉 却吉
旦正 丹正 旦真
李加 勒加`

// spellingKey leaves the letters of a Tibetan name: no dots between the
// syllables, no marks around it.
func spellingKey(name string) string {
	return strings.Map(func(c rune) rune {
		if unicode.Is(unicode.Tibetan, c) && (unicode.IsLetter(c) || unicode.IsMark(c)) {
			return c
		}
		return -1
	}, norm.NFKC.String(name))
}

// shared reports whether two records meet under an index.
func shared(a, b *Record, key string) bool {
	x, y := keyValue(a, key), keyValue(b, key)
	return x != "" && x == y
}

func keyValue(r *Record, key string) string {
	if strings.HasPrefix(key, "~") {
		return AlikeKeys(r)[key]
	}
	return r.Text(key)
}

// withKeys is a record's keys of all sorts.
func withKeys(r *Record) map[string]string {
	k := KindOf(r.Kind)
	out := maps.Clone(AlikeKeys(r))
	for _, f := range []string{k.Double.Number, k.Double.Book, k.Double.Phone} {
		if v := r.Text(f); f != "" && v != "" {
			out[f] = v
		}
	}
	return out
}

// draft makes the record that an edit would create, to look for its doubles.
func (e *Edit) draft() Record {
	r := Record{Ref: e.Ref, Region: e.Region, Fields: make(map[string]change.Value, len(e.Set))}
	for name, v := range e.Set {
		r.Fields[name] = v
	}
	if r.Region == "" {
		r.Region = e.From.Region
	}
	return r
}
