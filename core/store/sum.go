package store

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"muqu/core"
)

// Sum adds up committed states, each by its SHA-256 as a number of 256 bits. It
// does not depend on any order, and what was added can be taken out again. The
// zero Sum is that of no records.
type Sum [sha256.Size]byte

// SumOf gives the sum of one record. No state gives zero.
func SumOf(ref core.Ref, state []byte) Sum {
	if len(state) == 0 {
		return Sum{}
	}
	h := sha256.New()
	h.Write([]byte(ref.Kind))
	h.Write(ref.ID[:])
	h.Write(state)
	return Sum(h.Sum(nil))
}

// Add adds o.
func (s *Sum) Add(o Sum) { s.each(o, bits.Add64) }

// Sub takes o out.
func (s *Sum) Sub(o Sum) { s.each(o, bits.Sub64) }

func (s *Sum) each(o Sum, op func(a, b, carry uint64) (uint64, uint64)) {
	var carry uint64
	for i := len(s) - 8; i >= 0; i -= 8 {
		var n uint64
		n, carry = op(binary.BigEndian.Uint64(s[i:]), binary.BigEndian.Uint64(o[i:]), carry)
		binary.BigEndian.PutUint64(s[i:], n)
	}
}

// Sums gathers what a transaction changes of the sums of regions, so that each
// is written once. The zero Sums is ready to use.
type Sums map[string]*Delta

// Delta is the change of one region's sum.
type Delta struct {
	Sum     Sum
	Records int // more or fewer
}

// Change notes that a record's committed state was replaced by another; no
// state is none.
func (s Sums) Change(ref core.Ref, old []byte, oldAt []string, state []byte, at []string) {
	if len(old) > 0 {
		sum := SumOf(ref, old)
		for _, r := range Places(ref.Kind, oldAt) {
			d := s.of(r)
			d.Sum.Sub(sum)
			d.Records--
		}
	}
	if len(state) > 0 {
		sum := SumOf(ref, state)
		for _, r := range Places(ref.Kind, at) {
			d := s.of(r)
			d.Sum.Add(sum)
			d.Records++
		}
	}
}

func (s Sums) of(region string) *Delta {
	if s[region] == nil {
		s[region] = new(Delta)
	}
	return s[region]
}

// Places gives the regions under which a record counts: everywhere, if every
// tablet gets it, but for kinds that came later than programs in use.
func Places(kind string, regions []string) []string {
	if k := core.KindOf(kind); k.Shared && !k.Later {
		return []string{core.Everywhere}
	}
	return regions
}

// Write brings the changes into the stored sums.
func (s Sums) Write(tx Tx) error {
	for region, d := range s {
		if err := tx.AddSum(region, *d); err != nil {
			return err
		}
	}
	clear(s)
	return nil
}
