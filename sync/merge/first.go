package merge

import (
	"bytes"
	"fmt"
	"slices"

	"muqu/core/change"
)

// firstState is a state as the first release stored it, version 1.
type firstState struct {
	_         struct{} `cbor:",toarray"`
	Version   uint8
	Kind      string
	Record    []byte
	Position  change.Position
	Hint      string
	Writes    []firstWrite
	Registers []storedRegister
	Namers    []int
	Logs      []firstKey
}

type firstWrite struct {
	_ struct{} `cbor:",toarray"`
	firstKey
	Position  change.Position
	Effective change.Millis
	Author    string
	Uncertain bool
	Old       *change.Place
	Lost      *change.Place
	Through   []firstKey // see [change.Seen]
	Knew      change.Position
}

type firstKey struct {
	_           struct{} `cbor:",toarray"`
	Device      []byte
	Incarnation change.Incarnation
	Seq         uint64
}

func (k *firstKey) key() (change.Key, error) {
	if len(k.Device) != len(change.DeviceID{}) {
		return change.Key{}, errState
	}
	return change.Key{Log: change.Log{Device: change.DeviceID(k.Device), Incarnation: k.Incarnation}, Seq: k.Seq}, nil
}

// decodeFirst reads a state of version 1.
func decodeFirst(b []byte) (*State, error) {
	var st firstState
	if err := change.Unmarshal(b, &st); err != nil {
		return nil, fmt.Errorf("decode state: %w", err)
	}
	if len(st.Record) != len(change.RecordID{}) {
		return nil, errState
	}
	s := &State{Kind: st.Kind, Record: change.RecordID(st.Record), Position: st.Position, Hint: st.Hint}
	writes := make([]*Write, len(st.Writes))
	for i := range st.Writes {
		w := &st.Writes[i]
		k, err := w.key()
		if err != nil {
			return nil, err
		}
		writes[i] = &Write{
			Name: change.Name{Key: k}, Position: w.Position, Effective: w.Effective, Author: w.Author, Uncertain: w.Uncertain, Knew: w.Knew,
			Old: placeOf(w.Old), Lost: placeOf(w.Lost),
		}
	}
	for i := range st.Logs {
		k, err := st.Logs[i].key()
		if err != nil {
			return nil, err
		}
		s.Logs = append(s.Logs, change.Name{Key: k})
	}
	return s, s.load(writes, st.Registers)
}

// Gives reports whether s, folded from the log, is the state that was stored.
// What the first release folded it did not note the hashes of, nor whom it had
// believed to have seen ahead: there the rest is compared.
func (s *State) Gives(stored []byte) bool {
	folded := s.Encode()
	if bytes.Equal(folded, stored) {
		return true
	}
	was, err := Decode(stored)
	if err != nil || !slices.ContainsFunc(was.Logs, func(n change.Name) bool { return n.Short == change.Short{} }) {
		return false
	}
	again, err := Decode(folded)
	if err != nil {
		return false
	}
	was.forget()
	again.forget()
	return bytes.Equal(was.Encode(), again.Encode())
}

// forget drops what the first release did not note.
func (s *State) forget() {
	for i := range s.Logs {
		s.Logs[i].Short = change.Short{}
	}
	for _, r := range s.Registers {
		r.Removals = slices.DeleteFunc(r.Removals, func(x Removal) bool { return x.By.Lost.Epoch == 0 })
		for _, x := range r.Removals {
			x.By.Short, x.By.Ahead = change.Short{}, nil
		}
		for _, x := range r.Siblings {
			for _, w := range x.By {
				w.Short, w.Ahead = change.Short{}, nil
			}
		}
	}
}
