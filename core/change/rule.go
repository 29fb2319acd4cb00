package change

// Rule says what becomes of two values that were written without knowledge of
// each other. The numbers travel in segments and never change their meaning.
type Rule uint8

// The merge rules, weakest first: where two programs name different rules for
// one field, the greater number holds.
const (
	// Latest shows the value of the later effective time; the other stays in
	// the history.
	Latest Rule = 1
	// Set is a list in which an addition wins over a removal that had not
	// seen it. What was written is diffed against what was on screen.
	Set Rule = 2
	// Review shows the value of the later effective time and keeps a conflict
	// open until a person settles it.
	Review Rule = 3
	// Observation is an answer of a finished visit. It is contested like
	// Review; a correction is an amendment, and says what it amends by what
	// was on the screen.
	Observation Rule = 4
)

// Valid reports whether this program knows r.
func (r Rule) Valid() bool { return r >= Latest && r <= Observation }

// Contested reports whether values written apart are a conflict under r.
func (r Rule) Contested() bool { return r == Review || r == Observation }

func (r Rule) String() string {
	switch r {
	case Latest:
		return "latest"
	case Set:
		return "set"
	case Review:
		return "review"
	case Observation:
		return "observation"
	}
	return "unknown"
}

// Stricter gives the rule that holds where two programs disagree.
func Stricter(a, b Rule) Rule { return max(a, b) }
