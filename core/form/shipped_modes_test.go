package form

import (
	"fmt"
	"strings"
	"testing"
)

var shippedForms = []string{"household_visit", "demand", "training_session", "training_result"}

// TestShippedFormsSpeakBothLanguages finds questions, sections, hints, messages and choices that one language lacks.
func TestShippedFormsSpeakBothLanguages(t *testing.T) {
	for _, name := range shippedForms {
		f := shipped(t, name)
		for _, it := range f.Items() {
			asked := it.visible() && it.info.tag != "action" && it.Appearance() != "hs-hidden"
			if asked && !it.IsSection() && len(it.Label) == 0 {
				t.Errorf("%s: %s has no label", name, it.Name)
			}
			if it.run.constraint != nil && len(it.constraint) == 0 {
				t.Errorf("%s: %s has a constraint without a message", name, it.Name)
			}
			for what, text := range map[string]Text{"label": it.Label, "hint": it.Hint, "guidance": it.Guidance, "constraint message": it.constraint, "required message": it.required} {
				checkText(t, fmt.Sprintf("%s: %s of %s", name, what, it.Name), text)
			}
		}
		for list, l := range f.Lists {
			for _, c := range l.Choices {
				if len(c.Label) == 0 {
					t.Errorf("%s: choice %s of %s has no label", name, c.Name, list)
				}
				checkText(t, fmt.Sprintf("%s: choice %s of %s", name, c.Name, list), c.Label)
			}
		}
	}
}

func checkText(t *testing.T, where string, text Text) {
	t.Helper()
	zh, _ := text.In("中文 (zh)")
	en, _ := text.In("English (en)")
	if len(text) > 0 && (strings.TrimSpace(zh) == "" || strings.TrimSpace(en) == "") {
		t.Errorf("%s: zh %q, en %q", where, zh, en)
	}
	if strings.Count(zh, "${") != strings.Count(en, "${") {
		t.Errorf("%s: one language shows answers that the other doesn't: zh %q, en %q", where, zh, en)
	}
}

// TestShortModeStandsAlone: what the short mode asks, requires and computes for it depends on nothing that it doesn't
// ask. A ⚠ note may: it stays silent then (TestRules).
func TestShortModeStandsAlone(t *testing.T) {
	for _, name := range shippedForms {
		f := shipped(t, name)
		cfg := fieldConfig()
		cfg.ShortMode = true
		v := New(f, cfg)
		for _, it := range f.Items() {
			label, _ := it.Label.In("English (en)")
			switch {
			case it.Type == "note" && strings.HasPrefix(label, "⚠"):
			case it.IsSection() && v.askedInside(it), !it.IsSection() && v.asked(it):
				for _, need := range unasked(v, it, map[*Item]bool{}) {
					t.Errorf("%s: the short mode asks %s, which needs %s", name, it.Name, need)
				}
			case it.IsSection() || it.Type == "calculate" || it.visible() && it.Core():
			case it.run.required != nil && it.Appearance() != "hs-hidden":
				t.Errorf("%s: %s is required but not asked in short mode", name, it.Name)
			}
		}
	}
}

// unasked lists the questions that an item depends on, also through calculations, and that are not asked.
func unasked(v *Interview, it *Item, seen map[*Item]bool) (out []string) {
	seen[it] = true
	exprs := []*Expr{it.run.relevant, it.run.calculate, it.run.constraint, it.run.required, it.run.readonly, it.run.count, it.run.initial, it.run.filter}
	for _, pieces := range it.run.label {
		for _, p := range pieces {
			exprs = append(exprs, p.expr)
		}
	}
	for _, e := range exprs {
		if e == nil {
			continue
		}
		for _, n := range needsOf(v.form, it, e) {
			switch k := n.item; {
			case seen[k] || k.IsSection():
			case k.Type == "calculate":
				out = append(out, unasked(v, k, seen)...)
			case k.visible() && !v.asked(k):
				out = append(out, k.Name)
			}
		}
	}
	return out
}

// TestNoDeadQuestions shows every question of the shipped forms in some interview, in both languages.
func TestNoDeadQuestions(t *testing.T) {
	more := map[string][]string{
		"": {"outcome=absent", "place_type=office relocated=yes water=well", "disaster=snow make_demand=yes", "risk=illness need=skill suggest=marginal",
			"/data/g_main/members[1]/m_health=disabled", "/data/g_main/members[1]/m_work=county", unst},
		"demand": {"scope=multi", "scope=resettle", "cat=job"}, "training_session": {"/data/att[1]/t_status=absent"}, "training_result": {"job=local"},
	}
	answers := map[string][]string{}
	for _, r := range rules() {
		answers[r.form] = append(append(answers[r.form], r.fires...), r.silent...)
	}
	for _, form := range []string{"", "demand", "training_session", "training_result"} {
		f := shipped(t, shippedName(form))
		shown := map[string]bool{}
		for _, set := range append(answers[form], more[form]...) {
			v := filled(t, form, fieldConfig())
			answer(t, v, set)
			for name := range visible(v) {
				shown[name] = true
			}
		}
		cfg := fieldConfig()
		cfg.Data = nil // nothing can be looked up
		for name := range visible(filled(t, form, cfg)) {
			shown[name] = true
		}
		v := New(f, fieldConfig())
		for _, it := range f.Items() {
			if !it.IsSection() && v.asked(it) && !shown[it.Name] {
				t.Errorf("%s: %s is never asked", f.ID, it.Name)
			}
		}
	}
}
