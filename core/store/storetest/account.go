package storetest

import (
	"reflect"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

func accounts(t *testing.T, s store.Store) {
	device := store.Device{ID: change.DeviceID{7}, Name: "zhaxi", Role: core.FieldWorker, Scope: core.Scope{"632323"}, Key: []byte{0, 1}, Enrolled: 1, LastSync: 2, Program: "p", Unsent: 3, Cursor: 4, Revoked: 5, Wipe: true, Offset: -6}
	user := store.User{Name: "droma", Role: core.County, Scope: core.Scope{"632323", "632524"}, Org: "51630000MJ12345615", Password: "$x", Disabled: true, Failed: 2, Locked: 9}
	code := store.Code{Hash: []byte{9, 0}, Name: "n", Role: core.Trainer, Scope: core.Scope{near}, Expires: 8, By: "droma", Device: change.DeviceID{7}, Key: []byte{1}}
	update(t, s, func(tx store.Tx) {
		ok(t, tx.PutDevice(&store.Device{ID: device.ID}))
		ok(t, tx.PutDevice(&device))
		ok(t, tx.PutDevice(&store.Device{ID: change.DeviceID{3}}))
		ok(t, tx.PutUser(&store.User{Name: "droma"}))
		ok(t, tx.PutUser(&user))
		ok(t, tx.PutUser(&store.User{Name: "cairang"}))
		ok(t, tx.PutCode(&store.Code{Hash: code.Hash}))
		ok(t, tx.PutCode(&code))
	})
	view(t, s, func(tx store.Tx) {
		d, found, err := tx.Device(device.ID)
		if err != nil || !found || !reflect.DeepEqual(d, device) {
			t.Errorf("got %+v, %v, %v", d, found, err)
		}
		u, found, err := tx.User("droma")
		if err != nil || !found || !reflect.DeepEqual(u, user) {
			t.Errorf("got %+v, %v, %v", u, found, err)
		}
		c, found, err := tx.Code(code.Hash)
		if err != nil || !found || !reflect.DeepEqual(c, code) {
			t.Errorf("got %+v, %v, %v", c, found, err)
		}
		devices, err := tx.Devices()
		ok(t, err)
		users, err := tx.Users()
		ok(t, err)
		if len(devices) != 2 || devices[0].ID != (change.DeviceID{3}) || len(users) != 2 || users[0].Name != "cairang" {
			t.Errorf("devices %v, users %v", devices, users)
		}
		_, a, errA := tx.Device(change.DeviceID{1})
		_, b, errB := tx.User("nobody")
		_, c2, errC := tx.Code([]byte("x"))
		if a || b || c2 || errA != nil || errB != nil || errC != nil {
			t.Error("found what is not there")
		}
	})
}

func sessions(t *testing.T, s store.Store) {
	want := store.Session{Hash: []byte{1}, Who: "user:droma", Expires: 10, Used: 5}
	update(t, s, func(tx store.Tx) {
		ok(t, tx.PutSession(&store.Session{Hash: []byte{1}, Who: "user:droma"}))
		ok(t, tx.PutSession(&want))
		ok(t, tx.PutSession(&store.Session{Hash: []byte{2}, Who: "user:droma"}))
		ok(t, tx.PutSession(&store.Session{Hash: []byte{3}, Who: "user:cairang"}))
		got, found, err := tx.Session(want.Hash)
		if err != nil || !found || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v, %v", got, found, err)
		}
		ok(t, tx.RemoveSessions("user:droma"))
	})
	view(t, s, func(tx store.Tx) {
		for n, want := range map[byte]bool{1: false, 2: false, 3: true} {
			if _, found, err := tx.Session([]byte{n}); err != nil || found != want {
				t.Errorf("session %d: %v, %v", n, found, err)
			}
		}
	})
}

func looks(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) {
		for n := range 4 {
			ok(t, tx.PutLook(&store.Look{At: change.Millis(n), Who: "droma", What: "unmask", On: "household x"}))
		}
	})
	view(t, s, func(tx store.Tx) {
		got, err := tx.Looks(2)
		if want := []store.Look{{At: 3, Who: "droma", What: "unmask", On: "household x"}, {At: 2, Who: "droma", What: "unmask", On: "household x"}}; err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func meta(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) {
		ok(t, tx.SetMeta("a", []byte("1")))
		ok(t, tx.SetMeta("a", []byte("2")))
		ok(t, tx.SetMeta("b", nil))
	})
	view(t, s, func(tx store.Tx) {
		for name, want := range map[string]string{"a": "2", "b": "", "none": ""} {
			if b, err := tx.Meta(name); err != nil || string(b) != want {
				t.Errorf("%s = %q, %v", name, b, err)
			}
		}
	})
}
