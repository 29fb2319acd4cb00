package widget

// Words are the texts that widgets show by themselves, in the language of the
// user.
type Words struct {
	Close    string    // leaves a window without choosing
	Clear    string    // empties a field
	Today    string    // chooses today's date
	Search   string    // hint in an empty search line
	Choose   string    // on a picker without a choice
	Nothing  string    // a search without result
	NotADate string    // what was typed is no date
	Date     string    // an example of a date, in an empty field for one
	SignHere string    // on an empty signature pad
	Weekdays [7]string // Monday first
}
