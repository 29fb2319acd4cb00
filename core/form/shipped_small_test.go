package form

import (
	"reflect"
	"testing"
)

func TestDemandForm(t *testing.T) {
	v := New(shipped(t, "demand"), fieldConfig())
	fillIn(t, v, "source=visit", "scope=hh", "region_code=632323100201", "title=Winter fodder", "cat=industry", "mode=give",
		"detail=Fodder for thirty yaks until May", "gap=short", "/data/g2/items[1]/it_name=fodder", "/data/g2/items[1]/it_qty=2.5",
		"/data/g2/items[1]/it_unit=t", "groups=all", "n_hh=1", "n_people=4", "urg=soon", "from=2026-12-01", "to=2027-03-01",
		"road=dirt", "langs=amdo zh", "contact=Test Person", "contact_tel=13900000000", "publish=yes")
	if err := v.Fill("visit_uuid", "0190-test"); err != nil {
		t.Error(err)
	}
	if err := v.Set("visit_uuid", "x"); err == nil {
		t.Error("a read-only answer was changed")
	}
	if errs := v.Finish(); len(errs) > 0 {
		t.Errorf("%v", errs)
	}
	a := v.Answers()
	if a["visit_uuid"] != "0190-test" || !reflect.DeepEqual(a["langs"], []string{"amdo", "zh"}) {
		t.Errorf("answers %v", a)
	}
	if items := a["items"].([]map[string]any); items[0]["it_qty"] != 2.5 {
		t.Errorf("items %v", items)
	}
	fillIn(t, v, "n_hh=2", "to=2026-11-30")
	var texts []string
	for _, f := range v.Errors() {
		texts = append(texts, f.Text)
	}
	want := []string{"A single-household demand must be 1", "Cannot be before the start"}
	if !reflect.DeepEqual(texts, want) {
		t.Errorf("got %q want %q", texts, want)
	}
	if visible(v)["visit_uuid"] {
		t.Error("a hidden question is shown")
	}
}

func TestTrainingForms(t *testing.T) {
	v := New(shipped(t, "training_session"), fieldConfig())
	fillIn(t, v, "class_no=C1", "class_name=Cooking", "kind=skill", "trade=catering", "org_uscc=51630000MJ12345615", "org_name=O",
		"region_code=632323100201", "venue=V", "d_from=2026-11-01", "d_to=2026-11-30", "hours_plan=40", "s_date=2026-11-23",
		"s_half=am", "s_mode=class", "s_topic=T", "trainer=T", "s_lang=amdo", "s_start=9:00", "s_end=12:00", "s_hours=4", "s_photo=p.jpg",
		"/data/att[1]/t_name=Test Person", "/data/att[1]/t_id=632323198001010013", "/data/att[1]/t_status=present",
		"/data/att[1]/t_method=sign", "/data/att[1]/t_hours=4")
	second, _ := v.AddRepeat("/data/att")
	fillIn(t, v, second+"/t_name=Other Person", second+"/t_id=632623197506150021", second+"/t_status=absent", second+"/t_why=herd")
	if errs := v.Finish(); len(errs) > 0 {
		t.Errorf("%v", errs)
	}
	if got := v.Answers()["n_present"]; got != int64(1) {
		t.Errorf("present: %v want 1", got)
	}
	if got := v.Name(); got != "C1 2026-11-23 am" {
		t.Errorf("name %q", got)
	}

	r := New(shipped(t, "training_result"), fieldConfig())
	fillIn(t, r, "class_no=C1", "t_id=632725200311110030", "hours_done=30", "hours_plan=40", "exam=pass")
	if got := warnings(r); !reflect.DeepEqual(got, []string{"n_fail"}) {
		t.Errorf("warnings %v", got)
	}
	if errs := r.Errors(); len(errs) != 1 || errs[0].Text != "Cannot pass below the attendance requirement" {
		t.Errorf("%v", errs)
	}
	fillIn(t, r, "hours_done=32")
	if errs := r.Errors(); len(errs) > 0 || r.Answers()["rate"] != int64(80) {
		t.Errorf("%v, rate %v", errs, r.Answers()["rate"])
	}
}
