package form

import (
	"strings"
	"testing"
)

// rule is one consistency rule of the shipped forms. The answers are put on top of a filled-in form to which nobody
// objects; "+path" adds an instance of a repeat. A rule is a ⚠ note, or a constraint of the question at the path, or
// says that a question is then not asked.
type rule struct {
	says   string // the rule, in the words of the domain page
	form   string // "": the household visit
	note   string // name of the ⚠ note
	path   string // or question whose answer is refused
	gone   string // or question that is not asked
	full   bool   // the short mode doesn't ask what the rule needs, and stays silent
	fires  []string
	silent []string
}

const (
	own    = "632323198001010013" // made-up numbers whose check digits pass
	other  = "632623197506150021"
	own42  = own + "42" // as a disability certificate: physical, level 2
	more   = "+/data/g_main/members"
	unst   = "hh_type=lifted monitor_type=unstable "
	lifted = "hh_type=lifted monitor_type=cleared "
)

// rules are those of the domain page's section 2.6 in its order, then those of 2.2, 2.4, 2.7 and 2.8 that concern one
// household, then those of the other forms. Answers are parted by spaces; "~" stands for a space within one.
func rules() []rule {
	m := func(n string, answers string) string {
		out := ""
		for a := range strings.FieldsSeq(answers) {
			out += "/data/g_main/members[" + n + "]/" + a + " "
		}
		return out
	}
	me := func(answers string) string { return m("1", answers) }
	all := []rule{
		{says: "a document number has 18, 20 or 22 characters", path: me("m_id"),
			fires:  []string{me("m_id=12345"), me("m_id=" + own42), me("m_idtype=dis m_id=" + own), me("m_idtype=dis m_health=disabled m_id=" + own42 + "B")},
			silent: []string{me("m_id=" + own), me("m_idtype=dis m_health=disabled m_id=" + own42), me("m_idtype=dis m_health=disabled m_id=" + own42 + "B1")}},
		{says: "its check digit is right", path: me("m_id"),
			fires:  []string{me("m_id=632323198001010012"), me("m_idtype=dis m_health=disabled m_id=63232319800101001242")},
			silent: []string{me("m_id=" + own), me("m_idtype=dis m_health=disabled m_id=" + own42)}},
		{says: "its check digit is right, the head's", path: "head_id", fires: []string{"head_id=632323198001010012", "head_id=" + own42}, silent: []string{"head_id=" + own, "head_id="}},
		{says: "a disability certificate is an ID number, a type of 1-7 and a level of 1-4", path: me("m_id"),
			fires:  []string{me("m_idtype=dis m_health=disabled m_id=" + own + "82"), me("m_idtype=dis m_health=disabled m_id=" + own + "45")},
			silent: []string{me("m_idtype=dis m_health=disabled m_id=" + own42)}},
		{says: "the certificate that is noted beside an ID card is of the same number", path: me("m_disno"), full: true,
			fires:  []string{me("m_health=disabled m_disno=" + other + "42"), me("m_health=disabled m_disno=" + own), me("m_health=disabled m_disno=" + own + "02")},
			silent: []string{me("m_health=disabled m_disno=" + own42), me("m_health=disabled m_disno=" + own42 + "B2"), me("m_health=disabled m_disno=")}},
		{says: "the certificate tells the type and level that were noted", note: "w_cert", full: true,
			fires:  []string{me("m_health=disabled m_disno=" + own42 + " m_distype=1"), me("m_health=disabled m_idtype=dis m_id=" + own42 + " m_dislevel=3")},
			silent: []string{me("m_health=disabled m_disno=" + own42 + " m_distype=4 m_dislevel=2"), me("m_health=disabled m_distype=4")}},
		{says: "whoever has a certificate is disabled", note: "w_cert0", fires: []string{me("m_idtype=dis m_id=" + own42)}, silent: []string{me("m_idtype=dis m_health=disabled~chronic m_id=" + own42)}},
		{says: "nobody is listed twice", note: "w_same", fires: []string{more + " " + m("2", "m_id="+own)}, silent: []string{more + " " + m("2", "m_id="+other), more + " " + me("m_id=")}},
		{says: "a natural disaster has its kind", note: "w_haz", fires: []string{"risk=disaster"}, silent: []string{"risk=disaster disaster=snow", "risk=illness"}},
		{says: "illness has medical costs of one's own", note: "w_ill0", fires: []string{"risk=illness", "risk=illness oop_med="}, silent: []string{"risk=illness oop_med=500", "risk=study"}},
		{says: "illness has somebody who is ill", note: "w_ill", fires: []string{"risk=illness"}, silent: []string{"risk=illness " + me("m_health=chronic"), "risk=illness " + me("m_health=major~disabled")}},
		{says: "disability has somebody who is disabled", note: "w_dis", fires: []string{"risk=disability"}, silent: []string{"risk=disability " + me("m_health=disabled")}},
		{says: "unstable work has somebody who is able to work", note: "w_job_able", fires: []string{"risk=job " + me("m_labour=lost"), "risk=job " + me("m_labour=none")}, silent: []string{"risk=job " + me("m_labour=weak"), me("m_labour=lost")}},
		{says: "unstable work has somebody who works away", note: "w_job", fires: []string{"risk=job"}, silent: []string{"risk=job " + me("m_work=county")}},
		{says: "lack of labour: not more than a quarter can work, less than half of four or more", note: "w_lab",
			fires: []string{"risk=labour", "risk=labour " + more, "risk=labour " + more + " " + more, "risk=labour " + more + " " + m("2", "m_labour=skilled") + more + " " + more},
			silent: []string{"risk=labour " + me("m_labour=weak"), "risk=labour " + more + " " + more + " " + more,
				"risk=labour " + more + " " + m("2", "m_labour=skilled") + strings.Repeat(more+" ", 3)}},
		{says: "unsafe housing has a housing or relocation measure", note: "w_m_house", fires: []string{unst + "risk=house measure=job", lifted + "risk=house measure=none"},
			silent: []string{unst + "risk=house measure=job~house", unst + "risk=house measure=move", "risk=house measure=job"}},
		{says: "unsafe water has a water measure", note: "w_m_water", fires: []string{unst + "risk=water measure=house"}, silent: []string{unst + "risk=water measure=water", "risk=water measure=none"}},
		{says: "a risk at identification counts as one", note: "w_m_water", full: true, fires: []string{unst + "risk_was=water measure=house"}, silent: []string{unst + "risk_was=house measure=house"}},
		{says: "education costs: lifted after an education or social measure", note: "w_m_study", fires: []string{lifted + "risk=study measure=job", unst + "risk=study suggest=lift measure=none"},
			silent: []string{lifted + "risk=study measure=edu", lifted + "risk=study measure=compulsory", lifted + "risk=study measure=social~job", unst + "risk=study measure=job"}},
		{says: "a measure within a month of identification", note: "w_m_none", full: true, fires: []string{unst + "id_date=2026-10-01 measure=none"},
			silent: []string{unst + "id_date=2026-11-10 measure=none", unst + "id_date=2026-10-01 measure=job", unst + "measure=none", lifted + "id_date=2026-10-01 measure=none"}},
		{says: "lifted: the income is not blank", note: "w_lift_blank", fires: []string{"suggest=lift i_herd=0", lifted + "i_herd=0"}, silent: []string{"suggest=lift", "i_herd=0"}},
		{says: "lifted: the assurances and guarantees are not blank", path: "food_ok", fires: []string{lifted + "food_ok="}, silent: []string{lifted}},
		{says: "a year's wages are 0 or at least 100", path: "i_wage", fires: []string{"i_wage=50", "i_wage=99.9"}, silent: []string{"i_wage=0", "i_wage=100", "i_wage=20000"}},
		{says: "a pupil has no capacity to work", path: me("m_labour"), fires: []string{me("m_id= m_birth=2003-11-11 m_school=u"), me("m_id= m_birth=2016-01-01 m_school=p m_dropout=none")},
			silent: []string{me("m_id= m_birth=2003-11-11 m_school=u m_labour=none"), me("m_id= m_birth=2003-11-11 m_school=no")}},
		{says: "60 or older: no full capacity to work", note: "w_old", fires: []string{me("m_id= m_birth=1950-01-01"), me("m_id= m_birth=1966-11-01 m_labour=skilled")},
			silent: []string{me("m_id= m_birth=1950-01-01 m_labour=weak"), me("m_id= m_birth=1967-01-01")}},
		{says: "a postgraduate is 20 or older", note: "w_master", fires: []string{me("m_id= m_birth=2008-05-01 m_school=g m_labour=none")}, silent: []string{me("m_id= m_birth=2003-11-11 m_school=g m_labour=none"), me("m_id= m_birth=2008-05-01 m_school=s m_labour=none")}},
		{says: "a pupil does not work away", gone: "m_work", fires: []string{me("m_id= m_birth=2003-11-11 m_school=u m_labour=none")}, silent: []string{me("m_id= m_birth=2003-11-11 m_school=no m_labour=normal")}},
		{says: "a travel subsidy has an amount", note: "w_travel", fires: []string{"measure=travel", "measure=job~travel travel_amt=0"}, silent: []string{"measure=travel travel_amt=300", "measure=job"}},
		{says: "a monitored household has the subsidy for insurance contributions", note: "w_m_ins", fires: []string{unst + "measure=job"},
			silent: []string{unst + "measure=job~medins", unst + "measure=job " + me("m_medical=employee"), lifted + "measure=job", "measure=job"}},
		{says: "work outside the county is no public-welfare job and in no support workshop", note: "w_post", full: true,
			fires:  []string{me("m_work=prov m_jobkind=post"), me("m_work=out m_jobkind=workshop")},
			silent: []string{me("m_work=county m_jobkind=post"), me("m_work=out m_jobkind=wage")}},

		{says: "2.2 the category fits the household", path: "monitor_type", fires: []string{"monitor_type=unstable", "hh_type=lifted monitor_type=marginal"}, silent: []string{"monitor_type=marginal", unst, "monitor_type=sudden"}},
		{says: "2.2 what is suggested fits the household", path: "suggest", fires: []string{"suggest=unstable", "hh_type=lifted suggest=marginal"}, silent: []string{"suggest=marginal", "suggest=sudden"}},
		{says: "2.2 unstable and marginal: income within the line", note: "w_sug_high", fires: []string{"suggest=marginal"}, silent: []string{"suggest=marginal i_herd=3000", "suggest=sudden"}},
		{says: "2.2 sudden difficulty: income above the line", note: "w_sug_low", fires: []string{"suggest=sudden i_herd=3000"}, silent: []string{"suggest=sudden", "suggest=marginal i_herd=3000"}},
		{says: "2.1 lifting takes an income above the line", note: "w_lift_line", fires: []string{"suggest=lift i_herd=3000"}, silent: []string{"suggest=lift", "i_herd=3000"}},
		{says: "2.1 lifting takes all assurances and guarantees", note: "w_lift_base", fires: []string{"suggest=lift water_ok=no", "suggest=lift house=D", "suggest=lift food_ok=no", "suggest=lift " + me("m_medical=none")},
			silent: []string{"suggest=lift", "water_ok=no"}},
		{says: "2.1 lifting takes that no risk is left", note: "w_lift_risk", fires: []string{"suggest=lift risk=house"}, silent: []string{"suggest=lift", "risk=house"}},
		{says: "2.4 children are at school", note: "w_drop", fires: []string{me("m_id= m_birth=2016-01-01 m_school=no m_dropout=temple m_labour=none")}, silent: []string{me("m_id= m_birth=2016-01-01 m_school=p m_dropout=none m_labour=none")}},
		{says: "2.4 everybody is insured", note: "w_unins", fires: []string{me("m_medical=none")}, silent: []string{me("m_medical=employee")}},
		{says: "2.4 a dangerous dwelling is a risk", note: "w_unsafe", fires: []string{"house=C", "house=D risk=water"}, silent: []string{"house=D risk=house~water", "house=B"}},
		{says: "2.4 bad water is a risk", note: "w_badwater", fires: []string{"water_ok=no"}, silent: []string{"water_ok=no risk=water"}},
		{says: "2.7 the income is not below the line", note: "n_low", fires: []string{"i_herd=7999"}, silent: []string{"i_herd=8000", "i_herd=0 i_post=9000"}},

		{says: "2.8 no more animals than there can be", path: "yak", fires: []string{"yak=3001"}, silent: []string{"yak=3000"}},
		{says: "2.8 a herd of a usual size", note: "w_herd", fires: []string{"yak=400", "sheep=1500"}, silent: []string{"yak=90", "yak=400 herding=no"}},
		{says: "2.8 no more breeding cows than yaks", path: "yak_cow", full: true, fires: []string{"yak_cow=31"}, silent: []string{"yak_cow=12"}},
		{says: "2.8 a herd that fits its cows", note: "w_cow", full: true, fires: []string{"yak_cow=28"}, silent: []string{"yak_cow=12", "yak=4 yak_cow=4"}},
		{says: "2.8 not more sold than there is", note: "w_sold", full: true, fires: []string{"sold_yak=31", "sold_sheep=101"}, silent: []string{"sold_yak=5 sold_sheep=100", "sold_sheep="}},
		{says: "2.8 what is sold brings an income", note: "w_sales0", full: true, fires: []string{"sold_yak=5 i_herd=0", "sold_sheep=1 i_herd="}, silent: []string{"sold_yak=5", "i_herd=0"}},
		{says: "2.8 losses as in the worst snow years at most", note: "w_dead", full: true, fires: []string{"dead=100 disaster=snow"}, silent: []string{"dead=50 disaster=snow", "dead="}},
		{says: "2.8 losses of a snow year have a disaster", note: "w_dead_calm", full: true, fires: []string{"dead=50"}, silent: []string{"dead=50 disaster=snow", "dead=20"}},
		{says: "2.8 months of moving", note: "w_move", full: true, fires: []string{"move_up=1", "move_down=3"}, silent: []string{"move_up=6 move_down=10", "move_up="}},
		{says: "2.8 land is under the ban or in balance, never both", path: "balance_mu", full: true, fires: []string{"ban_mu=600 balance_mu=500"}, silent: []string{"ban_mu=600 balance_mu=400", "balance_mu=1000"}},
		{says: "2.8 the ban is on land that there is", path: "ban_mu", full: true, fires: []string{"ban_mu=1001"}, silent: []string{"ban_mu=1000"}},
		{says: "2.8 grassland pay within its rates", note: "w_grass", fires: []string{"i_grass=30000"}, silent: []string{"i_grass=7500"}},
		{says: "2.8 grassland pay has its land", note: "w_grass0", fires: []string{"grass_mu=0 i_grass=5000", "grass_mu= i_grass=5000"}, silent: []string{"i_grass=5000", "grass_mu=0 i_grass=0"}},
	}
	return append(all, otherRules()...)
}

func otherRules() []rule {
	const att = "/data/att[1]/"
	return []rule{
		{says: "2.9 a session has time for its hours", form: "training_session", note: "w_span", fires: []string{"s_end=11:00", "s_end=8:00", "s_start=14:00"}, silent: []string{"s_hours=2 s_end=10:30"}},
		{says: "2.9 signed in during the session", form: "training_session", note: "w_in", fires: []string{att + "t_in=15:00"}, silent: []string{att + "t_in=8:55", att + "t_in="}},
		{says: "2.9 signed out during the session", form: "training_session", note: "w_in", full: true, fires: []string{att + "t_out=8:00"}, silent: []string{att + "t_out=12:05"}},
		{says: "2.9 nobody signs in twice", form: "training_session", note: "w_twice", fires: []string{"+/data/att /data/att[2]/t_id=" + own}, silent: []string{"+/data/att /data/att[2]/t_id=" + other}},
		{says: "2.9 whoever attended enough may pass", form: "training_result", note: "n_fail", fires: []string{"hours_done=30"}, silent: []string{"hours_done=32"}},
		{says: "2.9 whoever attended too little can't", form: "training_result", path: "exam", fires: []string{"hours_done=30"}, silent: []string{"hours_done=32", "hours_done=30 exam=fail"}},
		{says: "2.9 not more hours than there were", form: "training_result", note: "w_over", fires: []string{"hours_done=41"}, silent: []string{"hours_done=40"}},
		{says: "one household is one", form: "demand", path: "n_hh", fires: []string{"n_hh=2"}, silent: []string{"scope=multi n_hh=2"}},
		{says: "not fewer people than households", form: "demand", note: "w_people", fires: []string{"scope=multi n_hh=5"}, silent: []string{"scope=multi n_hh=4"}},
		{says: "the items cost no more than the whole", form: "demand", note: "w_budget", full: true, fires: []string{"budget=100 /data/g2/items[1]/it_cost=200"}, silent: []string{"budget=200 /data/g2/items[1]/it_cost=200", "/data/g2/items[1]/it_cost=200"}},
	}
}

// filled starts a form that is filled in so that nothing is wrong with it.
func filled(t *testing.T, name string, cfg Config) *Interview {
	t.Helper()
	if name == "" {
		return visitOf(t, cfg)
	}
	v := New(shipped(t, name), cfg)
	switch name {
	case "demand":
		fillIn(t, v, "source=visit", "scope=hh", "region_code=632323100201", "title=Winter fodder", "cat=industry", "mode=give",
			"detail=Fodder for thirty yaks until May", "gap=short", "/data/g2/items[1]/it_name=fodder", "/data/g2/items[1]/it_qty=2.5",
			"/data/g2/items[1]/it_unit=t", "groups=all", "n_hh=1", "n_people=4", "urg=soon", "from=2026-12-01", "to=2027-03-01",
			"road=dirt", "langs=amdo zh", "contact=Test Person", "contact_tel=13900000000", "publish=yes")
	case "training_session":
		fillIn(t, v, "class_no=C1", "class_name=Cooking", "kind=skill", "trade=catering", "org_uscc=51630000MJ12345615", "org_name=O",
			"region_code=632323100201", "venue=V", "d_from=2026-11-01", "d_to=2026-11-30", "hours_plan=40", "s_date=2026-11-23",
			"s_half=am", "s_mode=class", "s_topic=T", "trainer=T", "s_lang=amdo", "s_start=9:00", "s_end=12:00", "s_hours=4", "s_photo=p.jpg",
			"/data/att[1]/t_name=Test Person", "/data/att[1]/t_id="+own, "/data/att[1]/t_status=present",
			"/data/att[1]/t_method=sign", "/data/att[1]/t_hours=4")
	case "training_result":
		fillIn(t, v, "class_no=C1", "t_id=632725200311110030", "hours_done=36", "hours_plan=40", "exam=pass")
	}
	return v
}

// answer puts answers on top of those that are there, as somebody at the screen would: what is not asked is left out.
// It says whether all was asked.
func answer(t *testing.T, v *Interview, answers string) bool {
	t.Helper()
	all := true
	for a := range strings.FieldsSeq(answers) {
		if path, add := strings.CutPrefix(a, "+"); add {
			if _, err := v.AddRepeat(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		path, value, _ := strings.Cut(a, "=")
		if n := v.find(path); n == nil || !v.asked(n.item) {
			all = false
			continue
		}
		fillIn(t, v, path+"="+strings.ReplaceAll(value, "~", " "))
	}
	return all
}

// objects says whether a rule objects, and in which words.
func (r *rule) objects(v *Interview) (bool, string) {
	if r.gone != "" {
		return !visible(v)[r.gone], ""
	}
	for _, f := range v.Validate() {
		name := f.Path[strings.LastIndexByte(f.Path, '/')+1:]
		if r.note != "" && f.Soft && name == r.note {
			return true, f.Text
		}
		if path := strings.TrimSpace(r.path); r.path != "" && !f.Soft && (f.Path == path || name == path) {
			return true, f.Text
		}
	}
	return false, ""
}

// TestRules runs every rule through interviews in both languages and modes.
func TestRules(t *testing.T) {
	for _, r := range rules() {
		t.Run(strings.ReplaceAll(r.form+" "+r.says, " ", "_"), func(t *testing.T) {
			said := map[string]string{}
			for _, lang := range []string{"zh", "en"} {
				for _, short := range []bool{false, true} {
					r.run(t, lang, short, said)
				}
			}
			if r.gone == "" && said["zh"] == said["en"] {
				t.Errorf("both languages say %q", said["en"])
			}
		})
	}
}

func (r *rule) run(t *testing.T, lang string, short bool, said map[string]string) {
	t.Helper()
	cfg := fieldConfig()
	cfg.Lang, cfg.ShortMode = lang, short
	for _, answers := range r.silent {
		v := filled(t, r.form, cfg)
		answer(t, v, answers)
		if objects, text := r.objects(v); objects {
			t.Errorf("%s, short %v: %q is objected to: %s", lang, short, answers, text)
		}
	}
	for _, answers := range r.fires {
		v := filled(t, r.form, cfg)
		all := answer(t, v, answers)
		objects, text := r.objects(v)
		if want := !short || !r.full; objects != want || !all && want {
			t.Errorf("%s, short %v: %q: objected to %v, all asked %v", lang, short, answers, objects, all)
		}
		if objects && r.gone == "" {
			said[lang] = text
		}
		if strings.Contains(text, "${") || r.note != "" && objects && !strings.HasPrefix(text, "⚠ ") {
			t.Errorf("%s: the text is %q", lang, text)
		}
		if r.note != "" && len(v.Errors()) > 0 && !short && strings.Contains(v.Errors()[0].Path, r.note) {
			t.Errorf("a soft warning blocks: %v", v.Errors())
		}
	}
}

// TestEveryWarningHasItsRule finds ⚠ notes that no rule of the table is about.
func TestEveryWarningHasItsRule(t *testing.T) {
	told := map[string]bool{}
	for _, r := range rules() {
		told[r.form+"/"+r.note] = true
	}
	for _, name := range []string{"", "demand", "training_session", "training_result"} {
		f := shipped(t, shippedName(name))
		for _, it := range f.Items() {
			if label, _ := it.Label.In("English (en)"); it.Type == "note" && strings.HasPrefix(label, "⚠") && !told[name+"/"+it.Name] {
				t.Errorf("%s: no rule is told for %s", f.ID, it.Name)
			}
		}
	}
}

func shippedName(form string) string {
	if form == "" {
		return "household_visit"
	}
	return form
}

// TestUnobjectionable makes sure that the table starts from forms that nothing is wrong with.
func TestUnobjectionable(t *testing.T) {
	for _, name := range []string{"", "demand", "training_session", "training_result"} {
		for _, short := range []bool{false, true} {
			cfg := fieldConfig()
			cfg.ShortMode = short
			for _, f := range filled(t, name, cfg).Validate() {
				t.Errorf("%s, short %v: %s: %s", name, short, f.Path, f.Text)
			}
		}
	}
}

// TestLineOfTheRegion: the line of the county comes before that of the prefecture and that before the province's; where
// there is none, nothing is compared and the form says so.
func TestLineOfTheRegion(t *testing.T) {
	rows := func(rows ...[]string) *Dataset {
		return lineTable(append([][]string{{"year", "region", "amount", "key"}}, rows...))
	}
	empty := []string{"2026", "630000000000", "", "2026-630000000000"}
	province := []string{"2026", "630000000000", "8000", "2026-630000000000"}
	prefecture := []string{"2026", "632300000000", "8200", "2026-632300000000"}
	county := []string{"2026", "632323000000", "8400", "2026-632323000000"}
	for want, d := range map[string]*Dataset{
		"8000": rows(province, []string{"2026", "632600000000", "9000", "2026-632600000000"}), "8200": rows(province, prefecture),
		"8400": rows(province, prefecture, county), "": rows(empty, []string{"2025", "632323000000", "8400", "2025-632323000000"}),
	} {
		cfg := fieldConfig()
		cfg.Data = func(string) *Dataset { return d }
		checkLine(t, cfg, want)
	}
	cfg := fieldConfig()
	cfg.Data = nil
	checkLine(t, cfg, "")
}

func checkLine(t *testing.T, cfg Config, want string) {
	t.Helper()
	v := visitOf(t, cfg)
	fillIn(t, v, "i_herd=3000", "suggest=sudden")
	if got := v.Value("line"); got != want {
		t.Errorf("line %q want %q", got, want)
	}
	shown := visible(v)
	if known := want != ""; shown["n_low"] != known || shown["w_sug_low"] != known || shown["n_noline"] == known {
		t.Errorf("line %q: compared %v, said that it is unknown %v", want, shown["n_low"], shown["n_noline"])
	}
	if err := v.RemoveRepeat("/data/g_main/members[1]"); err != nil {
		t.Fatal(err)
	}
	if visible(v)["n_low"] {
		t.Error("nobody is counted, yet the income of one is too low")
	}
}
