package client

import (
	"errors"

	"muqu/core/change"
	"muqu/core/store"
)

// damagedMark is the first byte of what is sent in the place of an own entry that
// was damaged here. No CBOR begins with it: nobody takes it for something that
// was written, and the centre keeps it aside for people to see.
const damagedMark = 0xff

// errDamaged reports an own entry whose bytes are not those that were saved.
var errDamaged = errors.New("an own entry is damaged")

// own checks own entries that were read against the hashes under which they were
// saved. What memory or disk has changed since must not be taken for an edit. One
// that no server has is marked, and known under the hash of what is sent; of one
// that the centre has, the hash is still true.
func (s *state) own(list []store.Own, err error) ([]store.Own, error) {
	for i := range list {
		o := &list[i]
		key := o.Key
		key.Device = s.Device
		if o.Damaged = change.HashOf(key, o.Bytes) != o.Hash; o.Damaged && o.Position == 0 {
			o.Bytes = append([]byte{damagedMark}, o.Bytes...)
			o.Hash = change.HashOf(key, o.Bytes)
		}
	}
	return list, err
}

// damaged says in the log that an own entry can't be used.
func (in *intake) damaged(o *store.Own) {
	in.t.cfg.Log.Error("an own entry is damaged", "device", in.s.Device.String(), "seq", o.Seq)
}
