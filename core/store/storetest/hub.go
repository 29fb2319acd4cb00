package storetest

import (
	"reflect"
	"slices"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

func told(device byte, seq uint64, record int) *store.Tentative {
	return &store.Tentative{
		Key:  change.Key{Log: change.Log{Device: change.DeviceID{device}, Incarnation: 5}, Seq: seq},
		Hash: change.Hash{device, byte(seq)}, Kind: "household", Record: id(record), Effective: change.Millis(seq), Bytes: []byte{device, byte(seq)},
	}
}

func ahead(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) {
		for _, a := range []*store.Tentative{told(2, 7, 1), told(1, 3, 1), told(1, 4, 2), told(2, 7, 1)} {
			fresh, err := tx.PutAhead(a)
			ok(t, err)
			if want := a.Key.Device != (change.DeviceID{2}) || !seenBefore(tx, t, a); fresh != want {
				t.Errorf("%v is new: %v, want %v", a.Key, fresh, want)
			}
		}
		ok(t, tx.PutMark(change.Key{Log: told(1, 0, 0).Key.Log, Seq: 2}))
		ok(t, tx.PutMark(change.Key{Log: told(1, 0, 0).Key.Log, Seq: 3}))
	})
	view(t, s, func(tx store.Tx) {
		list, err := tx.AheadOf(ref(1))
		ok(t, err)
		if len(list) != 2 || list[0].Key != told(2, 7, 1).Key || list[1].Key != told(1, 3, 1).Key || string(list[0].Bytes) != string([]byte{2, 7}) || list[0].Effective != 7 {
			t.Errorf("of one record: %+v", list)
		}
		rest, err := tx.AheadAfter(list[0].ID, 9)
		ok(t, err)
		if len(rest) != 2 || rest[1].Record != id(2) {
			t.Errorf("after the first: %+v", rest)
		}
		logs, err := tx.AheadLogs()
		ok(t, err)
		if want := []store.AheadLog{{Log: told(1, 0, 0).Key.Log, First: 3, Last: 4}, {Log: told(2, 0, 0).Key.Log, First: 7, Last: 7}}; !reflect.DeepEqual(logs, want) {
			t.Errorf("logs %+v, want %+v", logs, want)
		}
		if n, err := tx.Mark(told(1, 0, 0).Key.Log); err != nil || n != 3 {
			t.Errorf("mark %d, %v", n, err)
		}
		if n, err := tx.Mark(told(9, 0, 0).Key.Log); err != nil || n != 0 {
			t.Errorf("mark of an unknown log %d, %v", n, err)
		}
	})
	update(t, s, func(tx store.Tx) {
		refs, err := tx.DropAhead(told(1, 3, 0).Key)
		if err != nil || !slices.Equal(refs, []core.Ref{ref(1)}) {
			t.Errorf("dropped %v, %v", refs, err)
		}
		rest, err := tx.AheadAfter(0, 9)
		if err != nil || len(rest) != 2 {
			t.Errorf("left %+v, %v", rest, err)
		}
	})
}

// seenBefore reports whether the one entry that comes twice is there.
func seenBefore(tx store.Tx, t *testing.T, a *store.Tentative) bool {
	list, err := tx.AheadAfter(0, 9)
	ok(t, err)
	return len(list) > 1 && list[0].Key == a.Key
}

func carrier(t *testing.T, s store.Store) {
	tablet, hub := change.DeviceID{1}, change.DeviceID{2}
	one := store.Carried{Device: tablet, Came: tablet, Hash: []byte{1}, Received: 10, Stamps: [][]byte{{7}, {8}}, Bytes: []byte("one")}
	two := store.Carried{Device: tablet, Came: hub, Hash: []byte{2}, Received: 20, Bytes: []byte("two")}
	update(t, s, func(tx store.Tx) {
		for i, c := range []*store.Carried{&one, &two, &one} {
			if fresh, err := tx.PutCarried(c); err != nil || fresh != (i < 2) {
				t.Errorf("segment %d is new: %v, %v", i, fresh, err)
			}
		}
	})
	unsent := func(want ...string) {
		t.Helper()
		view(t, s, func(tx store.Tx) {
			list, err := tx.Unsent(0, 9)
			ok(t, err)
			var got []string
			for _, c := range list {
				got = append(got, string(c.Bytes))
			}
			if n, err := tx.CountUnsent(); err != nil || n != len(want) || !slices.Equal(got, want) {
				t.Errorf("unsent %v (%d, %v), want %v", got, n, err, want)
			}
			if len(list) > 0 && string(list[0].Bytes) == "one" && (!reflect.DeepEqual(list[0].Stamps, one.Stamps) || list[0].Came != tablet || list[0].Received != 10) {
				t.Errorf("read %+v", list[0])
			}
		})
	}
	unsent("one", "two")
	update(t, s, func(tx store.Tx) { ok(t, tx.Sent(one.Hash, 50)); ok(t, tx.Sent(two.Hash, 0)) })
	unsent()
	update(t, s, func(tx store.Tx) { ok(t, tx.Unsend(50)) })
	unsent("two") // where it stood is not known
	update(t, s, func(tx store.Tx) { ok(t, tx.Unsend(49)) })
	unsent("one", "two")
	update(t, s, func(tx store.Tx) {
		ok(t, tx.Sent(one.Hash, 50))
		ok(t, tx.PruneCarried(15))
		for hash, want := range map[byte]bool{1: false, 2: true} {
			came, found, err := tx.CarriedBy([]byte{hash})
			if err != nil || found != want || want && came != hub {
				t.Errorf("segment %d: by %v, %v, %v", hash, came, found, err)
			}
		}
	})
	mail(t, s, tablet, hub)
}

func mail(t *testing.T, s store.Store, a, b change.DeviceID) {
	update(t, s, func(tx store.Tx) {
		for i, whose := range []change.DeviceID{a, b, a} {
			ok(t, tx.PutMail(&store.Mail{Whose: whose, At: change.Millis(10 * i), Bytes: []byte{byte(i)}}))
		}
		list, err := tx.MailFor(a, 0, 9)
		if err != nil || len(list) != 2 || list[1].Bytes[0] != 2 || list[1].At != 20 {
			t.Fatalf("mail %+v, %v", list, err)
		}
		ok(t, tx.DropMail(a, list[0].ID, 5))
		if list, err = tx.MailFor(a, 0, 9); err != nil || len(list) != 1 || list[0].Bytes[0] != 2 {
			t.Errorf("after the first was handed over: %+v, %v", list, err)
		}
		if list, err = tx.MailFor(b, 0, 9); err != nil || len(list) != 1 {
			t.Errorf("another's: %+v, %v", list, err)
		}
		ok(t, tx.DropMail(change.DeviceID{}, 0, 15))
		if list, err = tx.MailFor(b, 0, 9); err != nil || len(list) != 0 {
			t.Errorf("old mail: %+v, %v", list, err)
		}
	})
}

func changed(t *testing.T, s store.Store) {
	waits := row(3, "c", near)
	waits.Pending, waits.AtHub, waits.View = true, true, []byte("on top")
	update(t, s, func(tx store.Tx) { ok(t, tx.IndexPositions()) })
	put(t, s, row(5, "a", near, far), row(2, "b", next), waits, &store.Row{Ref: ref(9), View: []byte("not at the centre"), Index: store.Index{Regions: []string{near}, Position: 9}})
	view(t, s, func(tx store.Tx) {
		list, err := tx.ChangedAfter(2, 9)
		ok(t, err)
		if len(list) != 2 || list[0].Ref != ref(3) || !list[0].Pending || !list[0].AtHub || list[1].Ref != ref(5) || !slices.Equal(list[1].Index.Regions, []string{near, far}) || list[1].Index.Position != 5 {
			t.Errorf("changed after 2: %+v", list)
		}
	})
	update(t, s, func(tx store.Tx) {
		ok(t, tx.PutGone(ref(1), 4))
		ok(t, tx.PutGone(ref(2), 6))
		ok(t, tx.PutGone(ref(1), 8))
		ok(t, tx.DropGone(ref(2)))
		list, err := tx.GoneAfter(3, 9)
		if err != nil || len(list) != 1 || list[0].Ref != ref(1) || list[0].Position != 8 {
			t.Errorf("gone %+v, %v", list, err)
		}
		if list, err = tx.GoneAfter(8, 9); err != nil || len(list) != 0 {
			t.Errorf("gone after 8: %+v, %v", list, err)
		}
	})
}
