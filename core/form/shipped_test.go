package form

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"muqu/core/table"
)

// shelf keeps the shipped forms that were read: a Form never changes.
var shelf sync.Map

// shipped reads one of the four forms that Muqu comes with.
func shipped(t testing.TB, name string) *Form {
	t.Helper()
	if f, ok := shelf.Load(name); ok {
		return f.(*Form)
	}
	files := map[string][]byte{}
	for _, sheet := range []string{"survey", "choices", "settings"} {
		file := name + "_" + sheet + ".csv"
		data, err := os.ReadFile(filepath.Join("..", "..", "assets", "form", file))
		if err != nil {
			t.Fatal(err)
		}
		files[file] = data
	}
	f, report := ReadSet(files)
	for _, p := range append(report.Errors, report.Warnings...) {
		t.Errorf("%s: %v", name, p)
	}
	if f == nil {
		t.FailNow()
	}
	shelf.Store(name, f)
	return f
}

// noon is a fixed moment in the field.
func noon() time.Time {
	return time.Date(2026, 11, 23, 12, 0, 0, 0, time.FixedZone("CST", 8*3600))
}

// lines is the dated reference data, with a made-up line for the year.
func lines(amount string) *Dataset {
	return lineTable([][]string{{"year", "region", "amount"}, {"2025", "630000000000", "1"}, {"2026", "630000000000", amount}})
}

func lineTable(rows [][]string) *Dataset {
	return NewDataset(&table.Sheet{Name: "monitoring_line", Rows: rows})
}

func fieldConfig() Config {
	return Config{Now: noon, Lang: "en", Device: map[string]string{"deviceid": "T1", "username": "worker"},
		Data: func(name string) *Dataset {
			if name == "monitoring_line" {
				return lines("8000")
			}
			return nil
		}}
}

// fillIn sets answers by name or path and stops at the first refusal.
func fillIn(t testing.TB, v *Interview, answers ...string) {
	t.Helper()
	for _, a := range answers {
		path, value, _ := strings.Cut(a, "=")
		if err := v.Set(path, value); err != nil {
			t.Fatalf("set %s to %q: %v", path, value, err)
		}
	}
}

// visible lists the names of the questions on all steps.
func visible(v *Interview) map[string]bool {
	out := map[string]bool{}
	for _, s := range v.Steps() {
		for _, q := range s.Questions {
			out[q.Name] = true
		}
	}
	return out
}

// warnings lists the names of the ⚠ notes that show.
func warnings(v *Interview) []string {
	var out []string
	for _, f := range v.Validate() {
		if f.Soft {
			out = append(out, f.Path[strings.LastIndexByte(f.Path, '/')+1:])
		}
	}
	return out
}

const member = "/data/g_main/members[1]/"

// visitOf starts a household visit with one adult member that raises no objection.
func visitOf(t testing.TB, cfg Config) *Interview {
	v := New(shipped(t, "household_visit"), cfg)
	fillIn(t, v, "visit_type=baseline", "place_type=winter", "lang=amdo", "outcome=done", "consent=yes",
		"village_code=632323100201", "head_name=Test Person", "head_id=632323198001010013", "phone=13900000000",
		"hh_type=general", "monitor_type=none", "safety_net=none", "relocated=no",
		member+"m_name=Test Person", member+"m_rel=head", member+"m_id=632323198001010013", member+"m_sex=1",
		member+"m_birth=1980-01-01", member+"m_edu=1", member+"m_health=ok", member+"m_labour=normal", member+"m_work=none",
		member+"m_medical=resident", "food_ok=yes", "cloth_ok=yes", "med_access=yes", "house=A", "water=tap",
		"water_ok=yes", "herding=yes", "grass_mu=1000", "yak=30", "sheep=100", "goat=0", "horse=2", "disaster=none",
		"i_herd=30000", "risk=none", "suggest=none", "measure=none", "need=none")
	return v
}

func TestVisitWithoutObjectionIsComplete(t *testing.T) {
	v := visitOf(t, fieldConfig())
	for _, f := range v.Finish() {
		t.Errorf("%s: %s (%s)", f.Path, f.Text, f.Key)
	}
	if got := warnings(v); got != nil {
		t.Errorf("warnings %v", got)
	}
	a := v.Answers()
	for name, want := range map[string]any{"visit_type": "baseline", "yak": int64(30), "grass_mu": int64(1000), "sheep_units": int64(232),
		"hh_size": int64(1), "net": int64(30000), "net_pc": int64(30000), "n_lab": int64(1), "n_ill": int64(0),
		"line": "8000", "risk": []string{"none"}, "deviceid": "T1", "username": "worker", "today": "2026-11-23"} {
		if !reflect.DeepEqual(a[name], want) {
			t.Errorf("%s = %#v want %#v", name, a[name], want)
		}
	}
	members, _ := a["members"].([]map[string]any)
	if len(members) != 1 || members[0]["m_age"] != int64(46) || members[0]["m_ethnic"] != "04" {
		t.Errorf("members %v", members)
	}
	if got := v.Name(); got != "Test Person 2026-11-23" {
		t.Errorf("name %q", got)
	}
}

func TestVisitSkips(t *testing.T) {
	v := New(shipped(t, "household_visit"), fieldConfig())
	if got := visible(v); !got["visit_type"] || got["consent"] || got["yak"] || got["absent_note"] {
		t.Errorf("at the start: %v", got)
	}
	fillIn(t, v, "outcome=absent")
	if got := visible(v); !got["absent_note"] || got["consent"] {
		t.Errorf("absent household: %v", got)
	}
	fillIn(t, v, "outcome=done", "consent=yes", "herding=yes", "yak=5")
	if got := visible(v); got["absent_note"] || !got["yak_cow"] {
		t.Errorf("present household: %v", got)
	}
	fillIn(t, v, "herding=no")
	if got := v.Answers()["yak"]; got != nil {
		t.Errorf("an irrelevant answer is submitted: %v", got)
	}
	fillIn(t, v, "herding=yes")
	if got := v.Answers()["yak"]; got != int64(5) {
		t.Errorf("an irrelevant answer was lost: %v", got)
	}
}

func TestVisitConstraints(t *testing.T) {
	for _, c := range []struct{ path, value, text string }{
		{"village_code", "110101001001", "Choose a 12-digit village code"},
		{"head_name", "A", "2–50 characters"},
		{"head_id", "632323198001010012", "ID number must be 18 characters with a correct check digit (capital X)"},
		{"phone", "12345", "Enter an 11-digit mobile number"},
		{"monitor_type", "unstable", `"Unstable" needs a lifted household; "marginal" needs an ordinary one`},
		{"safety_net", "none dibao", `"None" cannot be combined`},
		{member + "m_sex", "2", "Does not match the ID number"},
		{member + "m_birth", "1980-01-02", "Unlikely date, or does not match the ID number"},
		{member + "m_birth", "2030-01-01", "Unlikely date, or does not match the ID number"},
		{member + "m_health", "ok major", `"Healthy" cannot be combined`},
		{"yak", "3001", "Must be a whole number 0–3000"},
		{"i_wage", "50", "Whole-year amount: 0, or at least 100 CNY"},
		{"risk", "none illness", `At most five; "none" cannot be combined`},
		{"suggest", "unstable", "Does not match household type"},
		{"next_visit", "2026-11-22", "Cannot be in the past"},
	} {
		v := visitOf(t, fieldConfig())
		fillIn(t, v, c.path+"="+c.value)
		found := v.Errors()
		if len(found) == 0 || found[0].Text != c.text {
			t.Errorf("%s=%s: got %v want %q", c.path, c.value, found, c.text)
			continue
		}
		if !v.Jump(found[0].Step) {
			t.Errorf("%s: no step %q to jump to", c.path, found[0].Step)
		}
		if moved, problems := v.Next(); moved || len(problems) == 0 {
			t.Errorf("%s: Next passed over the problem", c.path)
		}
	}
}

func TestVisitSoftWarnings(t *testing.T) {
	for warning, answers := range map[string][]string{
		"w_old":   {member + "m_id=", member + "m_birth=1950-01-01"},
		"w_drop":  {member + "m_id=", member + "m_birth=2016-01-01", member + "m_school=no", member + "m_dropout=work", member + "m_labour=none"},
		"w_unins": {member + "m_medical=none"},
		"n_low":   {"i_herd=3000"},
		"w_ill0":  {"risk=illness", "risk_note=x"},
		"w_ill":   {"risk=illness", "oop_med=500"},
		"w_dis":   {"risk=disability"},
		"w_lab":   {"risk=labour"},
		"w_job":   {"risk=job"},
		"w_haz":   {"risk=disaster"},
	} {
		v := visitOf(t, fieldConfig())
		if got := warnings(v); got != nil {
			t.Fatalf("%s: warnings before: %v", warning, got)
		}
		fillIn(t, v, answers...)
		got := warnings(v)
		if !set(got...)[warning] {
			t.Errorf("%s does not show; %v do", warning, got)
		}
	}
}

func TestVisitRepeatSums(t *testing.T) {
	v := visitOf(t, fieldConfig())
	path, err := v.AddRepeat("/data/g_main/members")
	if err != nil || path != "/data/g_main/members[2]" {
		t.Fatalf("added %q, %v", path, err)
	}
	fillIn(t, v, path+"/m_labour=skilled", path+"/m_health=chronic disabled", path+"/m_medical=none")
	a := v.Answers()
	for name, want := range map[string]int64{"hh_size": 2, "n_lab": 2, "n_ill": 1, "n_dis": 1, "n_unins": 1, "net_pc": 15000} {
		if a[name] != want {
			t.Errorf("%s = %v want %d", name, a[name], want)
		}
	}
	if err := v.RemoveRepeat(path); err != nil {
		t.Fatal(err)
	}
	a = v.Answers()
	for name, want := range map[string]int64{"hh_size": 1, "n_lab": 1, "n_ill": 0, "n_unins": 0, "net_pc": 30000} {
		if a[name] != want {
			t.Errorf("after removing, %s = %v want %d", name, a[name], want)
		}
	}
}

func TestVisitLabelsShowAnswers(t *testing.T) {
	v := visitOf(t, fieldConfig())
	want := map[string]string{"en": "Net income per person: 30000 CNY", "zh": "家庭人均纯收入:30000 元"}
	for lang, text := range want {
		v.SetLang(lang)
		found := false
		for _, s := range v.Steps() {
			for _, q := range s.Questions {
				found = found || q.Name == "n_pc" && q.Label == text
			}
		}
		if !found {
			t.Errorf("%s: label %q not shown", lang, text)
		}
	}
}

func TestVisitChecks(t *testing.T) {
	cfg := fieldConfig()
	cfg.Lang = "zh"
	var asked []string
	cfg.Checks = map[string]func(string) error{
		"idcard":         func(s string) error { asked = append(asked, s); return nil },
		"region:village": func(s string) error { return Message{Key: "answer.choice", Args: map[string]string{"text": s}} },
	}
	v := visitOf(t, cfg)
	errs := v.Errors()
	if len(errs) != 1 || errs[0].Text != "“632323100201”不在选项中。" {
		t.Errorf("got %v", errs)
	}
	fillIn(t, v, member+"m_idtype=dis", member+"m_id=63232319800101001342")
	v.Validate()
	for _, s := range asked {
		if len(s) != 18 {
			t.Errorf("the ID check was asked about %q", s)
		}
	}
}

func TestVisitShortMode(t *testing.T) {
	full, short := fieldConfig(), fieldConfig()
	short.ShortMode = true
	a, b := visible(visitOf(t, full)), visible(visitOf(t, short))
	if b["signal_w"] || b["gps"] || !b["yak"] || !b["m_name"] || !a["signal_w"] {
		t.Errorf("short mode shows the wrong questions: %v", b)
	}
	core := 0
	for _, it := range shipped(t, "household_visit").Items() {
		if it.Core() {
			core++
		}
	}
	if core != 61 {
		t.Errorf("%d core questions, want 61", core)
	}
	if errs := visitOf(t, short).Errors(); len(errs) > 0 {
		t.Errorf("a visit can't be completed in short mode: %v", errs)
	}
}

func TestDraftContinues(t *testing.T) {
	v := visitOf(t, fieldConfig())
	v.Jump("/data/g_main/g_prod")
	if err := v.Set("yak", "many"); err == nil {
		t.Error("a word was taken as a number")
	}
	again, err := Restore(v.Form(), v.Draft(), fieldConfig())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again.Answers(), v.Answers()) {
		t.Errorf("answers differ:\n%v\n%v", again.Answers(), v.Answers())
	}
	if !reflect.DeepEqual(again.Steps(), v.Steps()) || again.Step().Path != "/data/g_main/g_prod" {
		t.Errorf("steps differ, at %s", again.Step().Path)
	}
	if string(again.Draft()) != string(v.Draft()) {
		t.Error("drafts differ")
	}
}

func TestVisitStepsAreScreens(t *testing.T) {
	v := visitOf(t, fieldConfig())
	var got []string
	for _, s := range v.Steps() {
		got = append(got, s.Path+" "+s.Title())
	}
	want := []string{
		"/data/g_meta A. The visit", "/data/g_main/g_id B. Household", "/data/g_main/members C. Household members",
		"/data/g_main/members[1] C. Household members", "/data/g_main/g_basic D. Two assurances, three guarantees and water",
		"/data/g_main/g_prod E. Grassland and livestock", "/data/g_main/g_income F. Income and spending, last 12 months (CNY)",
		"/data/g_main/g_risk G. Risk and support", "/data/g_main/g_sign H. Confirmation",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
