package ingest

import (
	"bytes"
	"context"

	"muqu/core/change"
	"muqu/core/store"
)

// repairAgain is how soon a tablet's state is fetched anew once more, in ms. A
// difference that comes back at once is not mended by that.
const repairAgain = 3600 * 1000

// differs reports whether a tablet that says to be up to date holds other
// states than the centre: a damaged file, or a fault in a program. It gets
// everything anew.
func (x *exchange) differs(tx store.Tx) (bool, error) {
	if len(x.req.Sum) == 0 {
		return false, nil
	}
	sum, _, err := tx.SumOf(x.scope)
	if err != nil || bytes.HasPrefix(sum[:], x.req.Sum) {
		return false, err
	}
	x.s.cfg.Log.Error("a tablet's records differ from the centre's", "device", x.device.ID.String(), "position", x.req.Cursor)
	x.damaged = x.device.RepairedAt == 0 || x.device.RepairedAt+repairAgain < x.now
	return x.damaged, nil
}

// repaired notes that a tablet's records were sent anew.
func (x *exchange) repaired(ctx context.Context) error {
	if !x.damaged {
		return nil
	}
	return x.noteDevice(ctx, func(d *store.Device) {
		d.Repaired, d.RepairedAt = d.Repaired+1, max(1, change.Millis(x.now))
	})
}
