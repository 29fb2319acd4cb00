package assets

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"regexp"
	"slices"
	"sort"
	"strings"
	"testing"
)

var sortSheets = flag.Bool("sort", false, "write the sheets of translations in the order of their keys")

func sheets() []Sheet { return []Sheet{Core, Tablet, Console, Server} }

func TestSheetsAreSortedAndComplete(t *testing.T) {
	for _, sheet := range sheets() {
		name := "text/" + string(sheet) + ".csv"
		if *sortSheets {
			writeSorted(t, name)
			continue
		}
		rows := table(name)
		if got, want := strings.Join(rows[0], ","), "key,zh-CN,en,bo"; got != want {
			t.Errorf("%s: heading %q, want %q", name, got, want)
		}
		for i, row := range rows[1:] {
			if i > 0 && rows[i][0] >= row[0] {
				t.Errorf("%s: %q is out of order or twice: go test ./assets -run Sheets -sort", name, row[0])
			}
			if row[1] == "" || row[2] == "" {
				t.Errorf("%s: %q lacks Chinese or English", name, row[0])
			}
			if halfWidth.MatchString(row[1]) {
				t.Errorf("%s: %q mixes punctuation of two scripts: %s", name, row[0], row[1])
			}
			for _, cell := range row {
				if bare := strings.TrimSpace(cell); cell != bare && len([]rune(bare)) > 1 { // a comma may have its blank
					t.Errorf("%s: %q has a blank at an end", name, row[0])
				}
			}
		}
	}
}

// halfWidth finds Western punctuation in a Chinese sentence.
var halfWidth = regexp.MustCompile(`\p{Han}[,;:!?(]|[,;:)]\p{Han}`)

// writeSorted rewrites a sheet as the test above wants it, with Excel's mark.
func writeSorted(t *testing.T, name string) {
	rows := table(name)
	sort.Slice(rows[1:], func(i, j int) bool { return rows[i+1][0] < rows[j+1][0] })
	out := bytes.NewBufferString("\uFEFF")
	if err := csv.NewWriter(out).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestNoKeyIsInTwoSheets(t *testing.T) {
	seen := make(map[string]Sheet)
	for _, sheet := range sheets() {
		for _, row := range table("text/" + string(sheet) + ".csv")[1:] {
			if other, twice := seen[row[0]]; twice {
				t.Errorf("%q is in %s and in %s", row[0], other, sheet)
			}
			seen[row[0]] = sheet
		}
	}
}

func TestPlaceholdersAgree(t *testing.T) {
	for _, sheet := range sheets() {
		for _, row := range table("text/" + string(sheet) + ".csv")[1:] {
			want := placeholders(row[1])
			for i, text := range row[2:] {
				if got := placeholders(text); text != "" && !slices.Equal(got, want) {
					t.Errorf("%s: %q: placeholders %v in column %d, %v in Chinese", sheet, row[0], got, i+2, want)
				}
			}
		}
	}
}

// placeholders returns the names in braces, each once, in order of the alphabet.
func placeholders(text string) []string {
	var names []string
	for _, m := range regexp.MustCompile(`\{([^}|]*)(\|[^}]*)?\}`).FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestT(t *testing.T) {
	c := &Catalog{text: map[string]string{
		"plain":  "你好",
		"found":  "{n} {n|household|households} in {place}",
		"broken": "{n",
	}}
	for _, test := range []struct {
		key  string
		args []any
		want string
	}{
		{"plain", nil, "你好"},
		{"found", []any{"n", 1, "place", "泽库"}, "1 household in 泽库"},
		{"found", []any{"n", 3, "place", "{n}"}, "3 households in {n}"},
		{"found", []any{"n", 3}, "3 households in {place}"},
		{"broken", []any{"n", 3}, "{n"},
		{"absent", []any{"n", 3}, "absent"},
	} {
		if got := c.T(test.key, test.args...); got != test.want {
			t.Errorf("T(%q, %v) = %q, want %q", test.key, test.args, got, test.want)
		}
	}
}

func TestLanguages(t *testing.T) {
	for _, test := range []struct {
		language Language
		key      string
		want     string
	}{
		{Chinese, "kind.household", "牧户"},
		{English, "kind.household", "Household"},
		{Tibetan, "kind.household", "ཁྱིམ་ཚང་།"},
		{Tibetan, "kind.assignment", "走访任务"}, // no Tibetan yet
		{Chinese, "choice.urgency.urgent", "紧急(7天内)"},
		{English, "choice.urgency.urgent", "Urgent (within 7 days)"},
		{Tibetan, "choice.urgency.urgent", "紧急(7天内)"},
	} {
		if got := NewCatalog(test.language, Core).T(test.key); got != test.want {
			t.Errorf("%s: T(%q) = %q, want %q", test.language, test.key, got, test.want)
		}
	}
}

func TestFieldFallsBack(t *testing.T) {
	c := NewCatalog(English, Core)
	for _, test := range []struct{ kind, field, want string }{
		{"household", "head_name", "Head of household"},
		{"demand", "remark", "Remarks"},
		{"person", "name", "Name"},
		{"yurt", "poles", "poles"},
	} {
		if got := c.Field(test.kind, test.field); got != test.want {
			t.Errorf("Field(%q, %q) = %q, want %q", test.kind, test.field, got, test.want)
		}
	}
	if got, want := c.Choice("yes_no", "maybe"), "maybe"; got != want {
		t.Errorf("unknown choice = %q, want %q", got, want)
	}
	if got, want := c.Kind("yurt"), "yurt"; got != want {
		t.Errorf("unknown kind = %q, want %q", got, want)
	}
}

func TestChoicesAreInTheOrderOfTheForm(t *testing.T) {
	c := NewCatalog(Chinese, Core)
	if got, want := c.Choices("urgency"), []string{"normal", "soon", "urgent"}; !slices.Equal(got, want) {
		t.Errorf("choices %v, want %v", got, want)
	}
	if got := c.Choices("no_such_list"); len(got) > 0 {
		t.Errorf("unknown list has %v", got)
	}
}

// Lists of one name stand in several forms; the catalog keeps one of them, so
// they have to be the same.
func TestChoiceListsOfOneNameAgree(t *testing.T) {
	entries, err := os.ReadDir("form")
	if err != nil {
		t.Fatal(err)
	}
	labels, from := make(map[string]string), make(map[string]string)
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), "_choices.csv") {
			continue
		}
		for _, row := range table("form/" + entry.Name())[1:] {
			key, label := row[0]+"."+row[1], strings.Join(row[2:], "|")
			if old, ok := labels[key]; ok && old != label {
				t.Errorf("%s is %q in %s and %q in %s", key, old, from[key], label, entry.Name())
			}
			labels[key], from[key] = label, entry.Name()
		}
	}
}
