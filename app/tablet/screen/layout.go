package screen

import "muqu/core/change"

// part is a run of fields in an editor under a heading.
type part struct {
	key    string // of the heading; the first part goes without
	fields []string
}

// layoutOf says in which order an editor asks for the fields of a kind: what
// is known at the tent first, the rest below.
func layoutOf(kind string) []part {
	const region = change.RegionField
	switch kind {
	case "household":
		return []part{
			{"", []string{"head_name", "head_name_bo", region, "group_name", "phone", "head_id"}},
			{"editor.household.status", []string{"hh_type", "monitor_type", "safety_net", "hh_no", "langs"}},
			{"editor.household.places", []string{"winter_place", "summer_place", "relocated", "resettle_site"}},
			{"editor.household.means", []string{"hh_size", "yak", "sheep", "goat", "horse", "grass_mu"}},
			{"editor.more", []string{"next_visit", "remark"}},
		}
	case "person":
		return []part{
			{"", []string{"name", "name_bo", "relation", "sex", "birth", "id_type", "id_no", "phone", region}},
			{"editor.person.life", []string{"ethnic", "langs", "edu", "school", "labour", "work_place"}},
			{"editor.person.health", []string{"health", "dis_type", "dis_level", "medical"}},
			{"editor.more", []string{"remark"}},
		}
	case "demand":
		return []part{
			{"", []string{"title", "cat", region, "urg", "detail", "mode", "gap"}},
			{"editor.demand.people", []string{"scope", "groups", "n_hh", "n_people", "n_monitor"}},
			{"editor.demand.how", []string{"budget", "from", "to", "road", "langs", "contact", "contact_tel", "publish"}},
			{"editor.more", []string{"remark"}},
		}
	case "class":
		return []part{
			{"", []string{"class_name", "class_no", region, "venue", "kind", "trade", "d_from", "d_to"}},
			{"editor.class.how", []string{"org_name", "org_uscc", "hours_plan", "min_rate", "n_plan", "remark"}},
		}
	case "session":
		return []part{
			{"", []string{"s_date", "s_half", "s_topic", "trainer", "s_hours", "s_start", "s_end"}},
			{"editor.more", []string{"s_mode", "s_lang", "remark"}},
		}
	case "lead":
		return []part{{"", []string{"title", region, "risk", "suggest", "found", "detail", "remark"}}}
	case "problem":
		return []part{{"", []string{"title", region, "detail", "due", "remark"}}}
	}
	return nil
}

// editable tells whether records of the kind can be changed in an editor.
func editable(kind string) bool { return layoutOf(kind) != nil }
