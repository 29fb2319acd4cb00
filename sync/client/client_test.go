package client_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/client"
)

const village = "632323100201"

func open(t *testing.T, dir string) *client.Tablet {
	t.Helper()
	tab, err := client.Open(context.Background(), dir, client.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tab.Close() })
	return tab
}

func register(t *testing.T, tab *client.Tablet, name string) core.Ref {
	t.Helper()
	ref := core.Ref{Kind: "household", ID: tab.NewID()}
	_, err := tab.Commit(t.Context(), []core.Edit{{Ref: ref, Region: village, Set: map[string]change.Value{"head_name": change.Text(name)}}})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func TestInvitations(t *testing.T) {
	for _, tc := range []struct {
		text string
		want client.Invitation
	}{
		{"https://10.0.0.5:8443/enroll#ABCD-EFGH-JKMN.9f86", client.Invitation{URL: "https://10.0.0.5:8443", Code: "ABCD-EFGH-JKMN", Fingerprint: "9f86"}},
		{"  http://127.0.0.1:8080/enroll#ABCD-EFGH-JKMN\n", client.Invitation{URL: "http://127.0.0.1:8080", Code: "ABCD-EFGH-JKMN"}},
		{"abcd-efgh-jkmn", client.Invitation{Code: "abcd-efgh-jkmn"}},
	} {
		got, err := client.ParseInvitation(tc.text)
		if err != nil || got != tc.want {
			t.Errorf("%q: %+v, %v, want %+v", tc.text, got, err, tc.want)
		}
	}
	if _, err := client.ParseInvitation("https://10.0.0.5:8443/enroll"); err == nil {
		t.Error("a link without a code was taken")
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	tab := open(t, t.TempDir())
	for _, tc := range []struct{ url, fingerprint, key string }{
		{"http://192.168.1.5:8080", "", "refuse.http"},
		{"https://192.168.1.5:8443", "", "refuse.pin"},
		{"ftp://127.0.0.1", "", "refuse.url"},
		{"", "", "refuse.url"},
	} {
		err := tab.Enroll(t.Context(), client.Invitation{URL: tc.url, Code: "X", Fingerprint: tc.fingerprint})
		var r *core.Refusal
		if !errors.As(err, &r) || r.Key != tc.key {
			t.Errorf("%s: %v, want %s", tc.url, err, tc.key)
		}
	}
	if _, err := tab.Sync(t.Context(), nil); !errors.Is(err, client.ErrNotEnrolled) {
		t.Errorf("sync before enrollment: %v", err)
	}
}

func TestARefusedEditLeavesTheOthers(t *testing.T) {
	tab := open(t, t.TempDir())
	edit := func(name string, set map[string]change.Value) client.Build {
		return func(func(core.Ref) (core.Record, bool, error)) (core.Edit, error) {
			set["head_name"] = change.Text(name)
			return core.Edit{Ref: core.Ref{Kind: "household", ID: tab.NewID()}, Region: village, Set: set}, nil
		}
	}
	out, err := tab.Batch(t.Context(), []client.Build{
		edit("甲", map[string]change.Value{}), edit("乙", map[string]change.Value{"phone": change.Text("123")}), edit("丙", map[string]change.Value{}),
	})
	if err != nil || out[0].Err != nil || out[1].Err == nil || out[2].Err != nil || out[2].Seq != 2 {
		t.Fatalf("outcomes %+v, %v", out, err)
	}
	if n, err := tab.Count(t.Context(), core.Query{Kind: "household"}); err != nil || n != 2 {
		t.Errorf("%d households, %v", n, err)
	}
	// A command is whole or not at all.
	_, err = tab.Commit(t.Context(), []core.Edit{
		{Ref: core.Ref{Kind: "household", ID: tab.NewID()}, Region: village, Set: map[string]change.Value{"head_name": change.Text("丁")}},
		{Ref: core.Ref{Kind: "household", ID: tab.NewID()}, Region: village, Set: map[string]change.Value{"phone": change.Text("123")}},
	})
	if err == nil {
		t.Error("a command with an impossible edit was committed")
	}
	if n, _ := tab.Count(t.Context(), core.Query{Kind: "household"}); n != 2 {
		t.Errorf("half a command was written: %d households", n)
	}
}

func TestWhatWasCommittedIsThereAgain(t *testing.T) {
	dir := t.TempDir()
	tab := open(t, dir)
	ref := register(t, tab, "扎西")
	if err := tab.PutDraft(t.Context(), store.Draft{ID: "d1", Kind: "visit", About: ref.ID.String(), Bytes: []byte("half")}); err != nil {
		t.Fatal(err)
	}
	if err := tab.Close(); err != nil {
		t.Fatal(err)
	}
	tab = open(t, dir)
	r, found, err := tab.Get(t.Context(), ref)
	if err != nil || !found || r.Text("head_name") != "扎西" || !r.Pending {
		t.Errorf("after opening again: %+v, %v, %v", r, found, err)
	}
	drafts, err := tab.Drafts(t.Context(), "visit", ref.ID.String())
	if err != nil || len(drafts) != 1 || string(drafts[0].Bytes) != "half" {
		t.Errorf("drafts %v, %v", drafts, err)
	}
	st, err := tab.Status(t.Context())
	if err != nil || st.Unsent != 1 || st.Records["household"] != 1 {
		t.Errorf("status %+v, %v", st, err)
	}
}

// A database that is older than the marker beside it was restored from a copy.
func TestARestoredDatabaseBeginsANewLog(t *testing.T) {
	dir := t.TempDir()
	tab := open(t, dir)
	register(t, tab, "一")
	before := tab.Identity().Incarnation
	if err := tab.Close(); err != nil {
		t.Fatal(err)
	}
	old := tab.Identity()
	marker := `{"Log":` + jsonNumber(uint64(old.Incarnation)) + `,"Seq":9}`
	if err := os.WriteFile(filepath.Join(dir, "marker"), []byte(marker), 0o600); err != nil {
		t.Fatal(err)
	}
	tab = open(t, dir)
	if tab.Identity().Incarnation == before {
		t.Error("the log goes on under numbers that somebody knows already")
	}
	register(t, tab, "二")
	if st, err := tab.Status(t.Context()); err != nil || st.Unsent != 2 {
		t.Errorf("unsent %d, %v: the entry of the old log must be sent as well", st.Unsent, err)
	}
}

func jsonNumber(n uint64) string {
	b, err := change.Int(int64(n)).MarshalJSON()
	if err != nil {
		return "0"
	}
	return string(b)
}

func TestClocksMayStandAnywhere(t *testing.T) {
	for _, year := range []int{1970, 2001, 2026, 2038, 2100} {
		tab, err := client.Open(t.Context(), t.TempDir(), client.Config{Now: func() time.Time { return time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC) }})
		if err != nil {
			t.Fatal(err)
		}
		a, b := register(t, tab, "先"), register(t, tab, "后")
		if a == b {
			t.Errorf("%d: two records under one id", year)
		}
		if err := tab.Close(); err != nil {
			t.Error(err)
		}
	}
}
