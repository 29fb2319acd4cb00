package form_test

import (
	"fmt"

	"muqu/core/form"
)

// A screen draws Step, hands what is typed to Set, and moves with Next.
func Example() {
	f, report := form.ReadFile("herd.md", []byte(`
| survey |           |       |                |                    |                    |
|        | type      | name  | label          | constraint         | constraint_message |
|        | integer   | yak   | Yaks now       | . >= 0             | Not below zero     |
|        | integer   | cow   | of which cows  | . <= ${yak}        | More than the herd |
|        | calculate | other |                |                    |                    |
|        | note      | n     | Others: ${o}   |                    |                    |
`))
	for _, p := range report.Errors {
		fmt.Println(p)
	}
	fmt.Println(f == nil)

	f, _ = form.ReadFile("herd.md", []byte(`
| survey |           |      |               |             |                    |                |
|        | type      | name | label         | constraint  | constraint_message | calculation    |
|        | integer   | yak  | Yaks now      | . >= 0      | Not below zero     |                |
|        | integer   | cow  | of which cows | . <= ${yak} | More than the herd |                |
|        | calculate | rest |               |             |                    | ${yak} - ${cow} |
|        | note      | n    | Others: ${rest} |           |                    |                |
`))
	v := form.New(f, form.Config{})
	fmt.Println(v.Set("/data/yak", "thirty"))
	_ = v.Set("/data/yak", "30")
	_ = v.Set("/data/cow", "40")
	_, problems := v.Next()
	fmt.Println(problems[0].Label+":", problems[0].Text)
	_ = v.Set("/data/cow", "12")
	for _, q := range v.Step().Questions {
		fmt.Printf("%s [%s]\n", q.Label, q.Value)
	}
	fmt.Println(v.Answers())
	// Output:
	// survey, row 4, column calculation: The calculation of “other” is empty. Fill in the calculation.
	// survey, row 5, column label: There is no question “o”. Correct the spelling in ${…}.
	// true
	// “thirty” isn't a whole number. Enter digits only.
	// of which cows: More than the herd
	// Yaks now [30]
	// of which cows [12]
	// Others: 18 []
	// map[cow:12 rest:18 yak:30]
}
