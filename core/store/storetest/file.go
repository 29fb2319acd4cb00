package storetest

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// fileName names a made-up file. The names of 0 to 9 are in their order.
func fileName(n int) core.FileName {
	sum := sha256.Sum256([]byte(fmt.Sprint(n)))
	sum[0] = byte(n)
	return core.NewFileName(sum, "jpg")
}

func files(t *testing.T, s store.Store) {
	full := store.File{Name: fileName(1), Size: 300, Held: store.Whole | store.Thumb, Wanted: store.Thumb, Own: true, Confirmed: true, Safe: store.AtCentre,
		Receipt: []byte{1, 0}, Received: 9, Upload: "https://h/u", Original: fileName(2), Trouble: "refuse.size"}
	update(t, s, func(tx store.Tx) {
		ok(t, tx.PutFile(&store.File{Name: full.Name}))
		ok(t, tx.PutFile(&full))
		ok(t, tx.PutFile(&store.File{Name: fileName(3)}))
	})
	view(t, s, func(tx store.Tx) {
		got, found, err := tx.File(full.Name)
		if err != nil || !found || !reflect.DeepEqual(got, full) {
			t.Errorf("got %+v, %v, %v, want %+v", got, found, err, full)
		}
		if _, found, err := tx.File(fileName(4)); found || err != nil {
			t.Errorf("a file that nobody put: %v, %v", found, err)
		}
	})
	update(t, s, func(tx store.Tx) { ok(t, tx.VoidFiles()) })
	want := full
	want.Safe, want.Receipt, want.Received, want.Upload = store.HereOnly, nil, 0, ""
	view(t, s, func(tx store.Tx) {
		if got, _, err := tx.File(full.Name); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("after voiding %+v, %v, want %+v", got, err, want)
		}
	})
	update(t, s, func(tx store.Tx) { ok(t, tx.RemoveFile(full.Name)) })
	view(t, s, func(tx store.Tx) {
		if _, found, err := tx.File(full.Name); found || err != nil {
			t.Errorf("a removed file: %v, %v", found, err)
		}
	})
}

func fileSets(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) {
		for n, f := range []store.File{
			{Own: true, Held: store.Whole, Size: 10},                                    // 0: of a draft
			{Own: true, Held: store.Whole, Size: 90, Confirmed: true},                   // 1: to be sent
			{Own: true, Held: store.Whole | store.Thumb, Size: 20, Confirmed: true},     // 2: to be sent first
			{Held: store.Whole, Size: 50},                                               // 3: of somebody else, and no server has it
			{Held: store.Thumb},                                                         // 4: only seen small
			{Wanted: store.Thumb},                                                       // 5: not here
			{Held: store.Thumb, Wanted: store.Thumb | store.Whole, Size: 7},             // 6: the whole is wanted as well
			{Own: true, Held: store.Whole, Size: 5, Confirmed: true, Safe: store.AtHub}, // 7
			{Own: true, Held: store.Whole, Size: 5, Confirmed: true, Safe: store.AtCentre, Received: change.Millis(8)}, // 8: settled
			{Own: true, Held: store.Whole, Size: 6, Confirmed: true, Safe: store.AtCentre, Received: change.Millis(3)}, // 9: settled before
		} {
			f.Name = fileName(n)
			ok(t, tx.PutFile(&f))
		}
		named := row(1, "a", near)
		named.Index.Files = []core.FileName{fileName(3), fileName(5), fileName(9)}
		ok(t, tx.PutRecord(named))
	})
	for _, tc := range []struct {
		set   store.FileSet
		want  []int
		bytes int64
	}{
		{store.FilesUnsent, []int{2, 3, 1}, 160}, {store.FilesAtHub, []int{7}, 5}, {store.FilesWanted, []int{5, 6}, 7},
		{store.FilesUnnamed, []int{4, 6, 8}, 12}, {store.FilesSettled, []int{9, 8}, 11},
	} {
		view(t, s, func(tx store.Tx) {
			var got []int
			var after *store.File
			for {
				list, err := tx.ListFiles(tc.set, after, 1)
				ok(t, err)
				if len(list) == 0 {
					break
				}
				after = &list[0]
				got = append(got, int(after.Name.Hash()[0]))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("set %d: %v, want %v", tc.set, got, tc.want)
			}
			if n, bytes, err := tx.CountFiles(tc.set); err != nil || n != len(tc.want) || bytes != tc.bytes {
				t.Errorf("set %d counts %d with %d bytes, %v", tc.set, n, bytes, err)
			}
		})
	}
}

func named(t *testing.T, s store.Store) {
	wantNamed := func(n int, want ...core.Ref) {
		t.Helper()
		view(t, s, func(tx store.Tx) {
			if got, err := tx.NamedBy(fileName(n)); err != nil || !slices.Equal(got, want) {
				t.Errorf("file %d is named by %v, %v, want %v", n, got, err, want)
			}
		})
	}
	with := func(n int, files ...int) *store.Row {
		r := row(n, "a", near)
		for _, f := range files {
			r.Index.Files = append(r.Index.Files, fileName(f))
		}
		return r
	}
	put(t, s, with(1, 1, 2), with(2, 2))
	wantNamed(1, ref(1))
	wantNamed(2, ref(1), ref(2))
	put(t, s, with(1, 3))
	wantNamed(1)
	wantNamed(2, ref(2))
	wantNamed(3, ref(1))
	update(t, s, func(tx store.Tx) { // as a reader writes what it read
		r, _, err := tx.Record(ref(1))
		ok(t, err)
		if r.Stored.Files != 1 {
			t.Errorf("stored with %d files, want 1", r.Stored.Files)
		}
		r.Index = with(1).Index
		ok(t, tx.PutRecord(&r))
		ok(t, tx.RemoveRecord(ref(2)))
	})
	wantNamed(2)
	wantNamed(3)
	put(t, s, with(4, 4))
	update(t, s, func(tx store.Tx) { ok(t, tx.ClearRecords()) })
	wantNamed(4)
}
