package main

import (
	"fmt"

	"muqu/core"
	"muqu/core/change"
)

// The sample county is a real place; the people in it are invented.
const sampleCounty = "632323"

// given are syllables from which names are made up.
var given = []string{"扎西", "卓玛", "才让", "多杰", "拉毛", "旦增", "央金", "仁青", "桑吉", "尕藏", "完么", "南太", "周毛", "项秀", "更登", "德吉"}

var givenBo = []string{"བཀྲ་ཤིས་", "སྒྲོལ་མ་", "ཚེ་རིང་", "རྡོ་རྗེ་", "ལྷ་མོ་", "བསྟན་འཛིན་", "དབྱངས་ཅན་", "རིན་ཆེན་", "སངས་རྒྱས་", "སྐལ་བཟང་", "པདྨ་", "རྣམ་ཐར་", "འབྲུག་མོ་", "ཤེས་རབ་", "དགེ་འདུན་", "བདེ་སྐྱིད་"}

// sampleHousehold makes the n-th household of the sample county.
func sampleHousehold(n int, villages []core.Place, id change.RecordID) core.Edit {
	a, b := n*7%len(given), (n*11+3+n/len(given))%len(given)
	set := map[string]change.Value{
		"head_name":    change.Text(given[a] + given[b]),
		"head_name_bo": change.Text(givenBo[a] + givenBo[b]),
		"phone":        change.Text(fmt.Sprintf("139%08d", 10000000+n*7919%89999999)),
		"head_id":      change.Text(sampleID(n)),
		"group_name":   change.Text([]string{"一社", "二社", "三社", "四社"}[n%4]),
		"hh_type":      change.Text([]string{"general", "general", "lifted"}[n%3]),
		"monitor_type": change.Text([]string{"none", "none", "none", "marginal", "none", "unstable"}[n%6]),
		"hh_size":      change.Int(int64(2 + n%6)),
		"yak":          change.Int(int64(n * 13 % 140)),
		"sheep":        change.Int(int64(n * 29 % 300)),
		"langs":        change.ListOf([]change.Value{change.Text("amdo")}),
	}
	return core.Edit{Ref: core.Ref{Kind: "household", ID: id}, Region: villages[n%len(villages)].Code, Set: set}
}

// sampleID makes an identity number with a right check character for a person
// who does not exist: the order part 000 is never given out.
func sampleID(n int) string {
	body := fmt.Sprintf("%s19%02d%02d%02d%03d", sampleCounty, 50+n%50, 1+n%12, 1+n%28, n%1000)
	for _, c := range "0123456789X" {
		if core.CheckIDCard(body+string(c)) == nil {
			return body + string(c)
		}
	}
	return ""
}

// sampleVillages lists some villages of the sample county.
func sampleVillages(r *core.Regions) []core.Place {
	var out []core.Place
	for _, town := range r.Children(sampleCounty) {
		for i, village := range r.Children(town.Code) {
			if i < 4 && !village.Placeholder() {
				out = append(out, village)
			}
		}
	}
	return out
}
