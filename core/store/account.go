package store

import (
	"muqu/core"
	"muqu/core/change"
)

// Accounts keeps tablets, people and codes.
type Accounts interface {
	PutDevice(d *Device) error
	Device(id change.DeviceID) (Device, bool, error)
	Devices() ([]Device, error)
	PutUser(u *User) error
	User(name string) (User, bool, error)
	Users() ([]User, error)
	PutCode(c *Code) error
	Code(hash []byte) (Code, bool, error)
	PutSession(s *Session) error
	Session(hash []byte) (Session, bool, error)
	RemoveSessions(who string) error
	PutLook(l *Look) error
	Looks(limit int) ([]Look, error)
}

// Device is an enrolled tablet or hub.
type Device struct {
	ID        change.DeviceID
	Name      string // of the person who carries it
	Role      core.Role
	Scope     core.Scope
	Key       []byte // Ed25519 public key
	Enrolled  change.Millis
	LastSync  change.Millis
	Program   string          // version that it last came with
	Unsent    int             // entries it said it had not sent yet
	Cursor    change.Position // what it had applied
	Revoked   change.Millis   // zero: not revoked
	Wipe      bool
	Offset    change.Millis   // its clock minus the server's at the last sync
	Via       change.DeviceID // the hub that enrolled it, zero if that was here
	Outside   bool            // the hub may not have enrolled it: all it writes is kept aside
	Tablets   int             // of a hub: how many tablets it may enroll
	Admission []byte          // on a hub: what the centre has to be told of the tablet
	Told      bool            // on a hub: the centre was told
	// Until is the end of the grant by the server's clock, zero for none. Past
	// are the scopes that it had before, oldest first.
	Until change.Millis
	Past  []PastScope
	// Repaired counts how often its records were found to differ from the
	// centre's and sent anew, the last time at RepairedAt.
	Repaired   int
	RepairedAt change.Millis
}

// PastScope is a scope that a device had up to a position.
type PastScope struct {
	Through change.Position
	Scope   core.Scope
}

// Area is what a device is given at a moment: nothing, once its rights were
// taken or its term is over.
func (d *Device) Area(now change.Millis) core.Scope {
	if d.Revoked != 0 || d.Until != 0 && now > d.Until {
		return nil
	}
	return d.Scope
}

// ScopeAt is the scope that a device had when it knew the order up to a
// position.
func (d *Device) ScopeAt(p change.Position) core.Scope {
	for _, past := range d.Past {
		if p <= past.Through {
			return past.Scope
		}
	}
	return d.Scope
}

// User is a person who signs in to the console.
type User struct {
	Name     string
	Role     core.Role
	Scope    core.Scope
	Org      string // USCC, "" if none
	Password string // argon2id, in PHC form
	Disabled bool
	Failed   int           // sign-ins that failed in a row
	Locked   change.Millis // no sign-in before
}

// Code is a one-time enrollment code, kept as a hash.
type Code struct {
	Hash    []byte
	Name    string
	Role    core.Role
	Scope   core.Scope
	Expires change.Millis
	By      string
	Device  change.DeviceID // who used it, zero if nobody yet
	Key     []byte          // the key that used it
	Tablets int             // for a hub: how many tablets it may enroll
	Until   change.Millis   // end of the grant, zero for none
}

// Session is a signed-in person or tablet, kept as a hash of its token.
type Session struct {
	Hash    []byte
	Who     string // user name or device id
	Expires change.Millis
	Used    change.Millis
}

// Look is one use of a right to see or take out personal data.
type Look struct {
	At   change.Millis
	Who  string
	What string // what was done, such as "unmask" or "export"
	On   string // record id or kind
}
