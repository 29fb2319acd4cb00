package merge

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"muqu/core/change"
)

// The stored form of a state, version 1. Writes stand once and are referred to
// by number, because one entry usually wrote many fields.
type storedState struct {
	_         struct{} `cbor:",toarray"`
	Version   uint8
	Kind      string
	Record    []byte
	Position  change.Position
	Hint      string // only while no region was written
	Writes    []storedWrite
	Registers []storedRegister
	Unused    []int // empty; an earlier fold kept the writes here that name entries ahead
	Logs      []storedKey
}

type storedWrite struct {
	_           struct{} `cbor:",toarray"`
	Device      []byte
	Incarnation change.Incarnation
	Seq         uint64
	Position    change.Position
	Effective   change.Millis
	Author      string
	Uncertain   bool
	Old         *change.Place
	Lost        *change.Place
	Ahead       []storedKey
	Knew        change.Position
}

type storedKey struct {
	_           struct{} `cbor:",toarray"`
	Device      []byte
	Incarnation change.Incarnation
	Seq         uint64
}

type storedRegister struct {
	_        struct{} `cbor:",toarray"`
	Name     string
	Rule     change.Rule
	Siblings []storedSibling
	Removals []storedRemoval
}

type storedSibling struct {
	_     struct{} `cbor:",toarray"`
	Value change.Value
	Was   change.Value
	By    []int
}

type storedRemoval struct {
	_     struct{} `cbor:",toarray"`
	Value change.Value
	By    int
}

// Encode gives the canonical bytes of s: equal states have equal bytes.
func (s *State) Encode() []byte {
	t := &writeTable{index: make(map[*Write]int)}
	st := storedState{
		Version: 1, Kind: s.Kind, Record: s.Record[:], Position: s.Position,
		Registers: make([]storedRegister, len(s.Registers)), Unused: []int{}, Logs: storedKeys(s.Logs),
	}
	if s.Register(change.RegionField) == nil {
		st.Hint = s.Hint
	}
	for i, r := range s.Registers {
		st.Registers[i] = t.register(r)
	}
	st.Writes = t.writes
	b, err := change.Marshal(st)
	if err != nil {
		panic(fmt.Sprintf("merge: encode state: %v", err))
	}
	return b
}

type writeTable struct {
	index  map[*Write]int
	writes []storedWrite
}

func (t *writeTable) register(r *Register) storedRegister {
	out := storedRegister{Name: r.Name, Rule: r.Rule, Siblings: make([]storedSibling, len(r.Siblings)), Removals: make([]storedRemoval, len(r.Removals))}
	for i, s := range r.Siblings {
		out.Siblings[i] = storedSibling{Value: s.Value, Was: s.Was, By: t.numbers(s.By)}
	}
	for i, x := range r.Removals {
		out.Removals[i] = storedRemoval{Value: x.Value, By: t.number(x.By)}
	}
	return out
}

func (t *writeTable) numbers(ws []*Write) []int {
	out := make([]int, len(ws))
	for i, w := range ws {
		out[i] = t.number(w)
	}
	return out
}

func (t *writeTable) number(w *Write) int {
	if i, ok := t.index[w]; ok {
		return i
	}
	sw := storedWrite{
		Device: w.Log.Device[:], Incarnation: w.Log.Incarnation, Seq: w.Seq, Position: w.Position,
		Effective: w.Effective, Author: w.Author, Uncertain: w.Uncertain, Ahead: storedKeys(w.Ahead), Knew: w.Knew,
	}
	if w.Old != (change.Place{}) {
		sw.Old = &w.Old
	}
	if w.Lost != (change.Place{}) {
		sw.Lost = &w.Lost
	}
	t.index[w] = len(t.writes)
	t.writes = append(t.writes, sw)
	return len(t.writes) - 1
}

func storedKeys(keys []change.Key) []storedKey {
	out := make([]storedKey, len(keys))
	for i := range keys {
		out[i] = storedKey{Device: keys[i].Device[:], Incarnation: keys[i].Incarnation, Seq: keys[i].Seq}
	}
	return out
}

func loadKeys(in []storedKey) ([]change.Key, error) {
	var out []change.Key
	for _, k := range in {
		if len(k.Device) != len(change.DeviceID{}) {
			return nil, errState
		}
		out = append(out, change.Key{Log: change.Log{Device: change.DeviceID(k.Device), Incarnation: k.Incarnation}, Seq: k.Seq})
	}
	return out, nil
}

var errState = errors.New("decode state: malformed")

// shells are stored states that were read: their slices are used again, because
// tablet and server read thousands at a time. Nothing of a State is theirs.
var shells = sync.Pool{New: func() any { return new(storedState) }}

// Decode reads the bytes of a state. No bytes give the zero state.
func Decode(b []byte) (*State, error) {
	s := new(State)
	if len(b) == 0 {
		return s, nil
	}
	st := shells.Get().(*storedState)
	defer shells.Put(st)
	if err := change.Unmarshal(b, st); err != nil {
		return nil, fmt.Errorf("decode state: %w", err)
	}
	if st.Version != 1 || len(st.Record) != len(s.Record) {
		return nil, errState
	}
	s.Kind, s.Record, s.Position, s.Hint = st.Kind, change.RecordID(st.Record), st.Position, st.Hint
	ws, err := loadWrites(st.Writes)
	if err != nil {
		return nil, err
	}
	if s.Logs, err = loadKeys(st.Logs); err != nil {
		return nil, err
	}
	if !slices.IsSortedFunc(s.Logs, func(a, b change.Key) int { return a.Log.Compare(b.Log) }) {
		return nil, errState
	}
	s.Registers = make([]*Register, len(st.Registers))
	registers := make([]Register, len(st.Registers))
	for i := range st.Registers {
		r := &st.Registers[i]
		s.Registers[i] = &registers[i]
		if err := registers[i].load(ws, r); err != nil {
			return nil, err
		}
		if i > 0 && st.Registers[i-1].Name >= r.Name {
			return nil, errState
		}
	}
	return s, nil
}

func loadWrites(in []storedWrite) ([]*Write, error) {
	out, writes := make([]*Write, len(in)), make([]Write, len(in))
	for i := range in {
		w := &in[i]
		if len(w.Device) != len(change.DeviceID{}) {
			return nil, errState
		}
		out[i] = &writes[i]
		*out[i] = Write{
			Log: change.Log{Device: change.DeviceID(w.Device), Incarnation: w.Incarnation}, Seq: w.Seq,
			Position: w.Position, Effective: w.Effective, Author: w.Author, Uncertain: w.Uncertain, Knew: w.Knew,
		}
		if w.Old != nil {
			out[i].Old = *w.Old
		}
		if w.Lost != nil {
			out[i].Lost = *w.Lost
		}
		var err error
		if out[i].Ahead, err = loadKeys(w.Ahead); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (r *Register) load(ws []*Write, st *storedRegister) error {
	r.Name, r.Rule, r.Siblings = st.Name, st.Rule, make([]Sibling, len(st.Siblings))
	for i, s := range st.Siblings {
		by, err := pick(ws, s.By)
		if err != nil || len(by) == 0 {
			return errState
		}
		r.Siblings[i] = Sibling{Value: s.Value, Was: s.Was, By: by}
	}
	for _, x := range st.Removals {
		by, err := pick(ws, []int{x.By})
		if err != nil {
			return err
		}
		r.Removals = append(r.Removals, Removal{x.Value, by[0]})
	}
	return nil
}

func pick(ws []*Write, numbers []int) ([]*Write, error) {
	if len(numbers) == 0 {
		return nil, nil
	}
	out := make([]*Write, len(numbers))
	for i, n := range numbers {
		if n < 0 || n >= len(ws) {
			return nil, errState
		}
		out[i] = ws[n]
	}
	return out, nil
}
