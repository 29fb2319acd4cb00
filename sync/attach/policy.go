package attach

import (
	"muqu/core"
)

// Network says when files may be sent and fetched. Whether a network costs
// money can't be known on every machine, so a person decides.
type Network string

// The choices. The zero value is the same as Always.
const (
	Always Network = "always" // with every sync
	Asked  Network = "asked"  // only when somebody says so
	Never  Network = "never"  // not over any network
)

// Policy is what a tablet does with photos and other files. It stands as JSON
// in the tablet's state: members are added, never renamed. The zero value is
// the one that tablets begin with.
type Policy struct {
	Network       Network // "": Always
	MaxBytes      int64   // of one file that is sent or fetched without being asked for; 0: any size
	LongSide      int     // pixels to which photos are made smaller; 0: 1600
	KeepOriginals bool    // the photo as it was taken stays on the tablet too
	KeepDays      int     // days that an own file stays on the tablet after the centre has it; 0: 90
}

// Defaults of a policy.
const (
	DefaultLongSide = 1600 // pixels
	DefaultKeepDays = 90
	minLongSide     = 320
	maxLongSide     = 8000
)

// Defaulted fills in what the policy leaves open.
func (p Policy) Defaulted() Policy {
	if p.Network == "" {
		p.Network = Always
	}
	if p.LongSide == 0 {
		p.LongSide = DefaultLongSide
	}
	if p.KeepDays == 0 {
		p.KeepDays = DefaultKeepDays
	}
	return p
}

// Check refuses a policy that can't be meant.
func (p Policy) Check() error {
	d := p.Defaulted()
	switch {
	case d.Network != Always && d.Network != Asked && d.Network != Never:
		return core.Refuse(core.Invalid, "", "refuse.choice")
	case d.MaxBytes < 0:
		return core.Refuse(core.Invalid, "", "refuse.number")
	case d.LongSide < minLongSide || d.LongSide > maxLongSide:
		return core.Refuse(core.Invalid, "", "refuse.range", "min", minLongSide, "max", maxLongSide)
	case d.KeepDays < 1 || d.KeepDays > 3650:
		return core.Refuse(core.Invalid, "", "refuse.range", "min", 1, "max", 3650)
	}
	return nil
}

// Moves reports whether files are moved in a sync; asked says that a person
// wanted just that.
func (p Policy) Moves(asked bool) bool {
	switch p.Defaulted().Network {
	case Always:
		return true
	case Asked:
		return asked
	}
	return false
}

// Lets reports whether a file of a size may be moved. One that a person asked
// for by itself may always.
func (p Policy) Lets(size int64, asked bool) bool {
	return asked || p.MaxBytes == 0 || size <= p.MaxBytes
}
