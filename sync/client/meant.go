package client

import (
	"crypto/ed25519"

	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// meant gives the beginnings of the hashes of the own entries that a page of
// the centre names by their numbers. Zeros stand for those that are not here any
// more.
func meant(tx store.Tx, s *state, page []byte) ([]byte, error) {
	p, err := wire.OpenPage(page, ed25519.PublicKey(s.Server))
	if err != nil {
		return nil, nil // the centre will not take it either
	}
	var out []byte
	for i := range p.Items {
		it := &p.Items[i]
		if it.What != wire.ItemOwn {
			continue
		}
		own, err := s.own(tx.OwnAfter(change.Log{Device: s.Device, Incarnation: it.Log}, it.Seq-1, 1))
		if err != nil {
			return nil, err
		}
		var hash change.Hash
		if len(own) == 1 && own[0].Seq == it.Seq {
			hash = own[0].Hash
		}
		out = append(out, hash[:wire.MeantBytes]...)
	}
	return out, nil
}
