package form

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

// textFunctions are those of ODK that deal with text.
var textFunctions = map[string]function{
	"substr":         {2, 3, fnSubstr},
	"join":           {1, -1, fnJoin},
	"ends-with":      onTexts(func(a, b string) value { return boolValue(strings.HasSuffix(a, b)) }),
	"regex":          {2, 2, fnRegex},
	"uuid":           {0, 1, fnUUID},
	"digest":         {2, 3, fnDigest},
	"base64-encode":  onText(func(s string) value { return textValue(base64.StdEncoding.EncodeToString([]byte(s))) }),
	"base64-decode":  onText(base64Decode),
	"lower-case":     onText(func(s string) value { return textValue(strings.ToLower(s)) }),
	"upper-case":     onText(func(s string) value { return textValue(strings.ToUpper(s)) }),
	"version":        {0, 0, func(c *evaluation, _ []expr) value { return textValue(c.env.version) }},
	"property":       {1, 1, fnProperty},
	"pulldata":       {1, -1, fnPulldata},
	"jr:choice-name": {2, 2, fnChoiceName},
	"jr:itext":       {1, 1, fnItext},
	"itext":          {1, 1, fnItext},
}

// fnSubstr counts from zero and leaves out the end; negative places count from the end of the text.
func fnSubstr(c *evaluation, args []expr) value {
	s := []rune(args[0].eval(c).str())
	from := place(c.num(args[1].eval(c)), len(s))
	to := len(s)
	if len(args) == 3 {
		to = place(c.num(args[2].eval(c)), len(s))
	}
	if from >= to {
		return textValue("")
	}
	return textValue(string(s[from:to]))
}

// place turns a position into an index within 0 and n.
func place(p float64, n int) int {
	if p < 0 {
		p += float64(n)
	}
	if !(p > 0) {
		return 0
	}
	return int(min(p, float64(n)))
}

func fnJoin(c *evaluation, args []expr) value {
	return textValue(strings.Join(allItems(c, args[1:]), args[0].eval(c).str()))
}

// fnRegex looks for the pattern anywhere in the text, which is what ODK documents and Enketo does.
func fnRegex(c *evaluation, args []expr) value {
	text, pattern := args[0].eval(c).str(), args[1].eval(c).str()
	re, err := c.env.regex(pattern)
	if err != nil {
		c.env.fail("expression.regex", "pattern", pattern)
		return boolValue(false)
	}
	return boolValue(re.MatchString(text))
}

// regex compiles a pattern once.
func (w *world) regex(pattern string) (matcher, error) {
	if re, ok := w.patterns[pattern]; ok {
		return re, nil
	}
	re, err := compilePattern(pattern)
	if err != nil {
		return nil, err
	}
	if w.patterns == nil {
		w.patterns = map[string]matcher{}
	}
	w.patterns[pattern] = re
	return re, nil
}

func fnDigest(c *evaluation, args []expr) value {
	data := []byte(args[0].eval(c).str())
	var sum []byte
	switch args[1].eval(c).str() {
	case "MD5":
		s := md5.Sum(data)
		sum = s[:]
	case "SHA-1":
		s := sha1.Sum(data)
		sum = s[:]
	case "SHA-256":
		s := sha256.Sum256(data)
		sum = s[:]
	case "SHA-384":
		s := sha512.Sum384(data)
		sum = s[:]
	case "SHA-512":
		s := sha512.Sum512(data)
		sum = s[:]
	default:
		c.env.fail("expression.digest")
		return emptyValue()
	}
	if len(args) == 3 && args[2].eval(c).str() == "hex" {
		return textValue(hex.EncodeToString(sum))
	}
	return textValue(base64.StdEncoding.EncodeToString(sum))
}

func base64Decode(s string) value {
	out, err := base64.StdEncoding.DecodeString(strings.TrimSpace(s))
	if err != nil || !utf8.Valid(out) {
		return textValue("")
	}
	return textValue(string(out))
}

func fnProperty(c *evaluation, args []expr) value {
	if c.env.property == nil {
		return textValue("")
	}
	return textValue(c.env.property(args[0].eval(c).str()))
}

func fnPulldata(c *evaluation, args []expr) value {
	texts := make([]string, len(args))
	for i, a := range args {
		texts[i] = a.eval(c).str()
	}
	if c.env.lookup == nil {
		return textValue("")
	}
	found, _ := c.env.lookup(texts)
	return textValue(found)
}

func fnChoiceName(c *evaluation, args []expr) value {
	if c.env.choice == nil {
		return textValue("")
	}
	return textValue(c.env.choice(c, args[0].eval(c).str(), args[1].eval(c).str()))
}

func fnItext(c *evaluation, args []expr) value {
	if c.env.text == nil {
		return textValue("")
	}
	return textValue(c.env.text(args[0].eval(c).str()))
}
