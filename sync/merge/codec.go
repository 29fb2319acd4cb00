package merge

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"muqu/core/change"
)

// The stored form of a state, version 2. Logs and writes stand once and are
// referred to by number, because one entry usually wrote many fields.
type storedState struct {
	_         struct{} `cbor:",toarray"`
	Version   uint8
	Kind      string
	Record    []byte
	Position  change.Position
	Hint      string      // only while no region was written
	Logs      []storedLog // sorted
	Writes    []storedWrite
	Registers []storedRegister
	Told      []byte // names, one after the other
}

type storedLog struct {
	_           struct{} `cbor:",toarray"`
	Device      []byte
	Incarnation change.Incarnation
	Seq         uint64 // of the last entry with a position; 0: none was folded in
	Short       []byte // of that entry
}

type storedWrite struct {
	_         struct{} `cbor:",toarray"`
	Log       int
	Seq       uint64
	Short     []byte // empty: that of the log's last entry, if it is this one, else not known
	Position  change.Position
	Effective change.Millis
	Author    string
	Uncertain bool
	Old       *change.Place
	Lost      *change.Place
	Ahead     []byte // names, one after the other
	Knew      change.Position
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
	t := &writeTable{index: make(map[*Write]int), logs: slices.Clone(s.Logs)}
	st := storedState{
		Version: 2, Kind: s.Kind, Record: s.Record[:], Position: s.Position,
		Registers: make([]storedRegister, len(s.Registers)), Told: change.JoinNames(s.Told),
	}
	if s.Register(change.RegionField) == nil {
		st.Hint = s.Hint
	}
	for i, r := range s.Registers {
		st.Registers[i] = t.register(r)
	}
	st.Logs, st.Writes = t.storedLogs(), t.storedWrites()
	b, err := change.Marshal(st)
	if err != nil {
		panic(fmt.Sprintf("merge: encode state: %v", err))
	}
	return b
}

// writeTable numbers the writes of a state as they are met, and its logs by their
// order.
type writeTable struct {
	index  map[*Write]int
	writes []*Write
	logs   []change.Name
}

// log gives the number of a log, as long as none is added.
func (t *writeTable) log(l change.Log) int {
	i, found := slices.BinarySearchFunc(t.logs, l, byLog)
	if !found {
		t.logs = slices.Insert(t.logs, i, change.Name{Key: change.Key{Log: l}})
	}
	return i
}

func (t *writeTable) storedLogs() []storedLog {
	out := make([]storedLog, len(t.logs))
	for i := range t.logs {
		r := &t.logs[i]
		out[i] = storedLog{Device: r.Device[:], Incarnation: r.Incarnation, Seq: r.Seq, Short: storedShort(&r.Short)}
	}
	return out
}

// storedShort gives the bytes of what is known of a hash.
func storedShort(n *change.Short) []byte {
	if *n == (change.Short{}) {
		return []byte{}
	}
	return n[:]
}

func (t *writeTable) storedWrites() []storedWrite {
	out := make([]storedWrite, len(t.writes))
	for i, w := range t.writes {
		sw := storedWrite{
			Log: t.log(w.Log), Seq: w.Seq, Short: storedShort(&w.Short), Position: w.Position, Effective: w.Effective,
			Author: w.Author, Uncertain: w.Uncertain, Ahead: change.JoinNames(w.Ahead), Knew: w.Knew,
		}
		if r := &t.logs[sw.Log]; r.Seq == w.Seq && r.Short == w.Short {
			sw.Short = []byte{}
		}
		if w.Old != (change.Place{}) {
			sw.Old = &w.Old
		}
		if w.Lost != (change.Place{}) {
			sw.Lost = &w.Lost
		}
		out[i] = sw
	}
	return out
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
	t.log(w.Log)
	t.index[w] = len(t.writes)
	t.writes = append(t.writes, w)
	return len(t.writes) - 1
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
	if len(b) > 1 && b[1] == 1 { // an array, and its version
		return decodeFirst(b)
	}
	st := shells.Get().(*storedState)
	defer shells.Put(st)
	if err := change.Unmarshal(b, st); err != nil {
		return nil, fmt.Errorf("decode state: %w", err)
	}
	if st.Version != 2 || len(st.Record) != len(s.Record) {
		return nil, errState
	}
	s.Kind, s.Record, s.Position, s.Hint = st.Kind, change.RecordID(st.Record), st.Position, st.Hint
	logs, err := loadLogs(st.Logs)
	if err != nil {
		return nil, err
	}
	ws, err := loadWrites(logs, st.Writes)
	if err != nil {
		return nil, err
	}
	if s.Told, err = change.SplitNames(st.Told); err != nil {
		return nil, errState
	}
	s.Logs = slices.DeleteFunc(logs, func(n change.Name) bool { return n.Seq == 0 })
	return s, s.load(ws, st.Registers)
}

// load takes the registers of a stored state.
func (s *State) load(ws []*Write, stored []storedRegister) error {
	if !slices.IsSortedFunc(s.Logs, func(a, b change.Name) int { return a.Log.Compare(b.Log) }) {
		return errState
	}
	s.Registers = make([]*Register, len(stored))
	registers := make([]Register, len(stored))
	for i := range stored {
		r := &stored[i]
		s.Registers[i] = &registers[i]
		if err := registers[i].load(ws, r); err != nil {
			return err
		}
		if i > 0 && stored[i-1].Name >= r.Name {
			return errState
		}
	}
	return nil
}

func loadLogs(in []storedLog) ([]change.Name, error) {
	out := make([]change.Name, len(in))
	for i := range in {
		l := &in[i]
		if len(l.Device) != len(change.DeviceID{}) {
			return nil, errState
		}
		out[i].Key = change.Key{Log: change.Log{Device: change.DeviceID(l.Device), Incarnation: l.Incarnation}, Seq: l.Seq}
		if err := loadShort(&out[i].Short, l.Short); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// loadShort reads what [storedShort] wrote.
func loadShort(to *change.Short, b []byte) error {
	if len(b) != 0 && len(b) != len(to) {
		return errState
	}
	copy(to[:], b)
	return nil
}

func loadWrites(logs []change.Name, in []storedWrite) ([]*Write, error) {
	out, writes := make([]*Write, len(in)), make([]Write, len(in))
	for i := range in {
		w := &in[i]
		if w.Log < 0 || w.Log >= len(logs) {
			return nil, errState
		}
		l := &logs[w.Log]
		out[i] = &writes[i]
		writes[i] = Write{
			Name: change.Name{Key: change.Key{Log: l.Log, Seq: w.Seq}}, Position: w.Position, Effective: w.Effective, Author: w.Author, Uncertain: w.Uncertain, Knew: w.Knew,
			Old: placeOf(w.Old), Lost: placeOf(w.Lost),
		}
		if l.Seq == w.Seq {
			writes[i].Short = l.Short
		}
		if err := loadShort(&writes[i].Short, w.Short); err != nil {
			return nil, err
		}
		var err error
		if writes[i].Ahead, err = change.SplitNames(w.Ahead); err != nil {
			return nil, errState
		}
	}
	return out, nil
}

func placeOf(p *change.Place) change.Place {
	if p == nil {
		return change.Place{}
	}
	return *p
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
