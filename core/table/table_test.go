package table

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"
)

func TestReadCSVKeepsRowNumbers(t *testing.T) {
	book, err := Read("visit_survey.csv", []byte("\xef\xbb\xbftype,name\n\ntext,\"a\nb\"\n\n\ninteger,n\n"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	s := book.Sheet("Survey")
	if s == nil {
		t.Fatalf("sheets %v, want survey", book.Sheets)
	}
	if got := s.Cell(2, 1); got != "a\nb" {
		t.Errorf("cell C3 = %q", got)
	}
	if got := s.Cell(5, 0); got != "integer" {
		t.Errorf("row 6 = %q in %v, want integer", got, s.Rows)
	}
}

func TestReadChineseExcelCSV(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("户主,电话\n卓玛,1\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"gb18030":   gb,
		"semicolon": "户主;电话\n卓玛;1\n",
		"utf16":     "\xff\xfe\x37\x62\x3b\x4e\x2c\x00\x35\x75\xdd\x8b\x0a\x00\x53\x53\x9b\x73\x2c\x00\x31\x00",
	} {
		book, err := Read("a.csv", []byte(data), Limits{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := [][]string{{"户主", "电话"}, {"卓玛", "1"}}
		if got := book.Sheets[0].Rows; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v want %v", name, got, want)
		}
	}
}

func TestReadMarkdownAndStackedCSV(t *testing.T) {
	md := "| survey |\n| | type | name |\n| |------|------|\n| | text | a\\|b |\n| choices | | |\n| | list name | name |\n"
	stacked := "survey,,\n,type,name\n,text,a|b\nchoices,,\n,list name,name\n"
	want := &Workbook{Sheets: []Sheet{
		{"survey", [][]string{{"type", "name"}, {"text", "a|b"}}},
		{"choices", [][]string{{"list name", "name"}}},
	}}
	for name, text := range map[string]string{"f.md": md, "f.csv": stacked, "unnamed": md} {
		got, err := Read(name, []byte(text), Limits{})
		if err != nil || !reflect.DeepEqual(got.Sheets, want.Sheets) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}

func TestReadSetIsOneWorkbook(t *testing.T) {
	book, err := ReadSet(map[string][]byte{
		"hh_visit_survey.csv": []byte("type\n"), "hh_visit_choices.csv": []byte("name\n"),
		"hh_visit_external_choices.csv": []byte("name\n"), "lines.csv": []byte("year\n"),
	}, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"survey", "choices", "external_choices", "lines"} {
		if book.Sheet(want) == nil {
			t.Errorf("no sheet %s", want)
		}
	}
}

// excelFile builds a workbook as Excel would: typed cells, a date format, a far blank row.
func excelFile(t *testing.T) []byte {
	f := excelize.NewFile()
	for ref, v := range map[string]any{"A1": 3.0, "B1": 2.5, "C1": true, "D1": "007", "E1": "文字", "F1": 632323198001010013, "A4": 0.1 + 0.2} {
		if err := f.SetCellValue("Sheet1", ref, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.SetCellValue("Sheet1", "G1", time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestReadXLSXAsText(t *testing.T) {
	book, err := Read("renamed.csv", excelFile(t), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	rows := book.Sheets[0].Rows
	want := []string{"3", "2.5", "TRUE", "007", "文字", "632323198001010013", "2026-05-01"}
	if !reflect.DeepEqual(rows[0], want) {
		t.Errorf("got %q want %q", rows[0], want)
	}
	if len(rows) != 4 || !strings.HasPrefix(rows[3][0], "0.3") {
		t.Errorf("row 4 missing in %q", rows)
	}
}

func TestReadRefusesWithAdvice(t *testing.T) {
	for name, c := range map[string]struct {
		data string
		lim  Limits
		key  string
	}{
		"old excel": {"\xd0\xcf\x11\xe0\xa1\xb1", Limits{}, "table.xls"},
		"empty":     {"  \n", Limits{}, "table.empty"},
		"broken":    {"PK\x03\x04garbage", Limits{}, "table.xlsx"},
		"binary":    {"\xff\xff\x00\x81\xff", Limits{}, "table.encoding"},
		"large":     {"abc", Limits{Bytes: 2}, "table.bytes"},
		"rows":      {"a\nb\nc\n", Limits{Rows: 2}, "table.rows"},
		"columns":   {"a,b,c\n", Limits{Cols: 2}, "table.cols"},
		"cells":     {"a,b\nc,d\n", Limits{Cells: 3}, "table.cells"},
	} {
		_, err := Read("f.csv", []byte(c.data), c.lim)
		var ref *Refusal
		if !errors.As(err, &ref) || ref.Key != c.key {
			t.Errorf("%s: got %v want %s", name, err, c.key)
		}
	}
}

func TestUnpackedSizeIsBounded(t *testing.T) {
	if _, err := Read("bomb.xlsx", excelFile(t), Limits{Plain: 100}); err == nil {
		t.Error("a workbook larger than the limit was read")
	}
}

func TestGuardStopsFormulas(t *testing.T) {
	for _, s := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1", "－1", "＠x", "'=1"} {
		if got := guard(s); got != "'"+s {
			t.Errorf("guard(%q) = %q", s, got)
		}
	}
	for _, s := range []string{"", "a=1", "'quoted'", "卓玛"} {
		if got := guard(s); got != s {
			t.Errorf("guard(%q) = %q", s, got)
		}
	}
}

func TestWriteThenReadGivesTheSame(t *testing.T) {
	out := Out{Name: "a/b:c", Header: []string{"x", "=y"}, Rows: [][]any{
		{"=cmd|'/c calc'!A1", int64(-5)}, {"632323198001010013", 2.5}, {"007", true}, {nil, "卓玛"},
	}}
	want := [][]string{{"x", "=y"}, {"=cmd|'/c calc'!A1", "-5"}, {"632323198001010013", "2.5"}, {"007", "TRUE"}, {"", "卓玛"}}
	var x, c bytes.Buffer
	if err := WriteXLSX(&x, out); err != nil {
		t.Fatal(err)
	}
	if err := WriteCSV(&c, out); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{"o.xlsx": x.Bytes(), "o.csv": c.Bytes()} {
		book, err := Read(name, data, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if got := book.Sheets[0].Rows; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %q want %q", name, got, want)
		}
	}
	if !strings.Contains(c.String(), "'=cmd") {
		t.Error("formula not guarded in csv")
	}
}

func TestGuardRoundTripProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("'=+-@a＝\t1")), 0, 6, -1).Draw(t, "s")
		if got := unguard(guard(s)); got != s {
			t.Fatalf("%q came back as %q", s, got)
		}
	})
}

func TestEachReportsBadRowsAndGoesOn(t *testing.T) {
	s := Sheet{Name: "households", Rows: [][]string{{"name", "phone", "name"}, {"A", "1"}, nil, {"B", ""}, {"C", "3"}}}
	var read []string
	bad := s.Each(func(r Record) error {
		if r.Get("phone") == "" {
			return &RowError{Column: "phone", Key: "k", Text: "Phone is missing."}
		}
		if r.Get("name") == "C" {
			return errors.New("no")
		}
		read = append(read, r.Get("name"))
		return nil
	})
	var got []string
	for _, b := range bad {
		got = append(got, b.Error())
	}
	want := []string{
		"sheet households, row 1, column name: Column name appears twice. Rename or delete one.",
		"sheet households, row 4, column phone: Phone is missing.", "sheet households, row 5: no",
	}
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(read, []string{"A"}) {
		t.Errorf("got %q, read %q", got, read)
	}
}

func TestColumnName(t *testing.T) {
	for col, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA"} {
		if got := ColumnName(col); got != want {
			t.Errorf("ColumnName(%d) = %s want %s", col, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.csv", []byte("a,b\n\"c"))
	f.Add("a.md", []byte("| survey |\n| | type |"))
	f.Add("a.xlsx", []byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		book, err := Read(name, data, Limits{Bytes: 1 << 20, Plain: 4 << 20, Rows: 1000, Cols: 100, Cells: 10000})
		if (book == nil) == (err == nil) {
			t.Fatalf("book %v, err %v", book, err)
		}
	})
}
