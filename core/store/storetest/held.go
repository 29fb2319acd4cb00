package storetest

import (
	"reflect"
	"testing"

	"muqu/core/change"
	"muqu/core/store"
)

func held(t *testing.T, s store.Store) {
	log := change.Log{Device: change.DeviceID{7}, Incarnation: 9}
	other := change.Log{Device: change.DeviceID{8}, Incarnation: 9}
	late := store.Held{Log: log, First: 20, Last: 24, Hash: []byte{1}, Offset: -5, Unsure: true, Received: 100, Bytes: []byte("late")}
	early := store.Held{Log: log, First: 12, Last: 14, Hash: []byte{2}, Offset: 5, Received: 200, Bytes: []byte("early")}
	twin := store.Held{Log: log, First: 12, Last: 13, Hash: []byte{3}, Received: 300, Bytes: []byte("twin")}
	foreign := store.Held{Log: other, First: 2, Last: 2, Hash: []byte{1}, Received: 50, Bytes: []byte("x")}
	update(t, s, func(tx store.Tx) {
		for _, h := range []store.Held{late, early, twin, foreign, early} {
			ok(t, tx.PutHeld(&h))
		}
	})
	view(t, s, func(tx store.Tx) {
		got, err := tx.Held(log)
		ok(t, err)
		if want := []store.Held{early, twin, late}; !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
		logs, err := tx.HeldLogs(log.Device)
		ok(t, err)
		if want := []store.HeldLog{{Log: log, First: 12, Last: 24, Segments: 3, Bytes: 13, Since: 100}}; !reflect.DeepEqual(logs, want) {
			t.Errorf("got %+v, want %+v", logs, want)
		}
		all, err := tx.HeldLogs(change.DeviceID{})
		ok(t, err)
		if len(all) != 2 {
			t.Errorf("of all devices %+v", all)
		}
	})
	update(t, s, func(tx store.Tx) { ok(t, tx.RemoveHeld(&early)) })
	view(t, s, func(tx store.Tx) {
		got, err := tx.Held(log)
		ok(t, err)
		if want := []store.Held{twin, late}; !reflect.DeepEqual(got, want) {
			t.Errorf("after removal got %+v, want %+v", got, want)
		}
	})
}
