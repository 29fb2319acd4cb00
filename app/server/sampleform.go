package main

import (
	"context"
	"errors"
	"time"

	"muqu/app/survey"
	"muqu/core"
	"muqu/core/change"
)

// sampleForm is what an office of the sample county gave out: a page that a
// worker fills in at the tent. What is counted goes into the household's record.
const sampleForm = `
| survey |                    |           |                              |                                                |            |                       |          |              |         |
|        | type               | name      | label::中文 (zh)               | label::English (en)                            | appearance | parameters            | required | relevant     | save_to |
|        | csv-external       | household |                              |                                                |            |                       |          |              |         |
|        | hidden             | home      |                              |                                                |            |                       |          |              |         |
|        | integer            | yak       | 现有牦牛（头）                 | Yaks now                                       |            |                       | yes      |              | yak     |
|        | integer            | sheep     | 现有藏羊（只）                 | Sheep now                                      |            |                       |          |              | sheep   |
|        | range              | weeks     | 饲草还够几周？                 | For how many weeks does the fodder last?       |            | start=0 end=20 step=1 | yes      |              |         |
|        | note               | short     | ⚠ 饲草不足四周，请提醒村委会。   | ⚠ Less than four weeks: tell the village committee. |       |                       |          | ${weeks} < 4 |         |
|        | select_one grade   | barn      | 暖棚情况                      | The barn                                       | likert     |                       |          |              |         |
|        | rank wants         | wants     | 最需要什么？                   | What is needed most?                           |            |                       |          |              |         |
|        | select_one sources | source    | 缺草时从哪里买？                | Where is fodder bought?                        | minimal    |                       |          |              |         |
|        | text               | remark    | 备注                          | Remark                                         | multiline  |                       |          |              |         |
| choices |           |        |              |                |
|         | list_name | name   | label::中文 (zh) | label::English (en) |
|         | grade     | none   | 没有           | None           |
|         | grade     | poor   | 破旧           | In bad repair  |
|         | grade     | good   | 完好           | Sound          |
|         | wants     | fodder | 饲草           | Fodder         |
|         | wants     | barn   | 修暖棚         | Repairs        |
|         | wants     | vet    | 兽医           | A vet          |
|         | sources   | coop   | 合作社         | Co-operative   |
|         | sources   | town   | 乡镇市场       | Market in town |
|         | sources   | kin    | 亲友           | Relatives      |
|         | sources   | other  | 其他           | Elsewhere      |
| entities |           |              |             |
|          | list_name | entity_id    | update_if   |
|          | household | ${home}      | ${home} != '' |
| settings |            |          |            |                  |
|          | form_title | form_id  | version    | default_language |
|          | 冬季饲草快查 | fodder   | 2026112801 | 中文 (zh)          |
`

// seedForm gives the sample form out and answers it for some households.
func (c *centre) seedForm(ctx context.Context, homes []core.Edit) error {
	l := c.library()
	a, err := l.Add(ctx, survey.Handed{Files: map[string][]byte{"fodder.md": []byte(sampleForm)}, Region: core.PadRegion(sampleCounty), Day: time.Now()})
	if err != nil {
		return err
	}
	if a.Form == nil {
		return errors.New("sample form: " + a.Report.Errors[0].Error())
	}
	if err := l.Publish(ctx, a.Version, core.Scope{sampleCounty}, nil, time.Now()); err != nil {
		return err
	}
	var edits []core.Edit
	for n := range homes {
		if n%4 == 2 {
			e, err := c.seedAnswers(n, &homes[n], a.Version)
			if err != nil {
				return err
			}
			edits = append(edits, e)
		}
	}
	_, err = c.As(core.Person{Name: "county", Role: core.County, Scope: core.Scope{sampleCounty}}).Commit(ctx, edits)
	return err
}

// seedAnswers is one filling-in of the sample form.
func (c *centre) seedAnswers(n int, home *core.Edit, of core.FormVersion) (core.Edit, error) {
	pick := func(of ...string) change.Value { return change.Text(of[n/4%len(of)]) }
	weeks := n * 7 % 18
	order := [][]string{{"fodder", "barn", "vet"}, {"barn", "fodder", "vet"}, {"vet", "fodder", "barn"}}[n/4%3]
	wants, err := change.Of(order) // a list of its own order, where ListOf makes a set
	if err != nil {
		return core.Edit{}, err
	}
	return core.Edit{Ref: core.Ref{Kind: "visit", ID: c.NewID()}, Region: home.Region, Set: map[string]change.Value{
		"household": change.Text(home.ID.String()), "home": change.Text(home.ID.String()), "form_id": change.Text(of.FormID), "form_version": change.Text(of.Version),
		"visit_date": change.Text(time.Now().AddDate(0, 0, -n%9).Format(time.DateOnly)),
		"yak":        home.Set["yak"], "sheep": change.Int(int64(n * 13 % 160)), "weeks": change.Int(int64(weeks)), "barn": pick("poor", "good", "none", "good"),
		"wants": wants, "source": pick("coop", "town", "kin", "town", "coop"),
	}}, nil
}
