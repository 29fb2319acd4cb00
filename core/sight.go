package core

import "muqu/core/change"

// Sight is what somebody who wrote a field later knew of an earlier value.
type Sight struct {
	Position change.Position // where the later value stands
	Author   string          // who wrote it
	Saw      bool            // with the earlier value on the screen
}

// Sights has, for the entry at a position and each register that it wrote, who
// wrote the register next: first those who had not seen the value, and last
// the one who had and so replaced it, if there is one.
type Sights map[change.Position]map[string][]Sight
