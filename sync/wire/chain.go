package wire

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"
	"strings"

	"muqu/core/change"
)

// Delegation is the word of the centre, or of a hub that has one itself, on
// what a hub may do in its name: enroll tablets of these roles within these
// regions, so many of them, until then.
type Delegation struct {
	_      struct{} `cbor:",toarray"`
	Hub    []byte   // device id
	Key    []byte   // the hub's public key
	Scope  []string // region prefixes
	Roles  []string
	Count  int // tablets, those of hubs below it included
	Issued change.Millis
	Until  change.Millis
}

const delegationContext = "muqu delegation v1\n"

// Sign writes the delegation as a statement.
func (d *Delegation) Sign(key ed25519.PrivateKey) ([]byte, error) {
	return state(delegationContext, d, key)
}

// maxChain bounds how many hubs stand behind each other.
const maxChain = 4

var errChain = errors.New("delegation: malformed")

// Chain is delegations from the centre down; none is the centre itself.
type Chain []*Delegation

// OpenChain checks delegations, each signed by the hub of the one before it
// and none wider than that. Whether a term is over is for the reader to decide.
func OpenChain(chain [][]byte, centre ed25519.PublicKey) (Chain, error) {
	if len(chain) > maxChain {
		return nil, errChain
	}
	var out Chain
	for _, b := range chain {
		d := new(Delegation)
		if err := believe(delegationContext, b, out.Key(centre), d); err != nil {
			return nil, fmt.Errorf("delegation: %w", err)
		}
		if len(d.Hub) != len(change.DeviceID{}) || len(d.Key) != ed25519.PublicKeySize {
			return nil, errChain
		}
		if last := out.Last(); last != nil && !last.covers(d) {
			return nil, errors.New("delegation: wider than the one that it rests on")
		}
		out = append(out, d)
	}
	return out, nil
}

// Last is the delegation of the hub at the end, nil for the centre.
func (c Chain) Last() *Delegation {
	if len(c) == 0 {
		return nil
	}
	return c[len(c)-1]
}

// Key is the key of the hub at the end, or the centre's.
func (c Chain) Key(centre ed25519.PublicKey) ed25519.PublicKey {
	if d := c.Last(); d != nil {
		return d.Key
	}
	return centre
}

// Hub is the device at the end, zero for the centre.
func (c Chain) Hub() (id change.DeviceID) {
	if d := c.Last(); d != nil {
		id = change.DeviceID(d.Hub)
	}
	return id
}

func (d *Delegation) covers(o *Delegation) bool {
	for _, r := range o.Roles {
		if !slices.Contains(d.Roles, r) {
			return false
		}
	}
	return d.CoversScope(o.Scope) && o.Until <= d.Until && o.Count <= d.Count
}

// CoversScope reports whether all of these regions lie within the delegation's.
func (d *Delegation) CoversScope(scope []string) bool {
	for _, s := range scope {
		if !slices.ContainsFunc(d.Scope, func(p string) bool { return strings.HasPrefix(s, p) }) {
			return false
		}
	}
	return true
}

// Admission is a tablet's certificate with the delegations of the hub that
// signed it; none where the centre did.
type Admission struct {
	Certificate []byte   `cbor:"1,keyasint"`
	Chain       [][]byte `cbor:"2,keyasint,omitempty"`
}

// Open checks the admission against the centre's key. The chain is that of the
// hub that gave it, empty for the centre.
func (a *Admission) Open(centre ed25519.PublicKey) (*Certificate, Chain, error) {
	chain, err := OpenChain(a.Chain, centre)
	if err != nil {
		return nil, nil, err
	}
	c, err := OpenCertificate(a.Certificate, chain.Key(centre))
	return c, chain, err
}

// Address is where a server is found, and by which key it is known.
type Address struct {
	URL         string `cbor:"1,keyasint"`
	Fingerprint string `cbor:"2,keyasint,omitempty"` // SHA-256 of the certificate's public key in hex; "" for plain http
	Hub         bool   `cbor:"3,keyasint,omitempty"`
}

// Upheld is what a hub knows of the centre and passes on to its tablets.
type Upheld struct {
	Device   change.DeviceID
	Private  ed25519.PrivateKey // the hub's own key
	Centre   ed25519.PublicKey
	Own      [][]byte // the hub's delegations
	Epoch    change.Epoch
	Tag      uint32
	Epochs   change.Epochs
	Cursor   change.Position
	Floor    change.Position // what left the scope before is not known
	Scope    []string        // the hub's own
	Complete bool            // the whole scope is here up to Cursor
	Above    []Address       // where the hub itself turns to
}
