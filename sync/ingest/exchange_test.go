package ingest_test

import (
	"net/http"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"

	"pgregory.net/rapid"
)

func TestSyncNeedsASession(t *testing.T) {
	c := newCentre(t)
	a := c.member("扎西", core.FieldWorker, "632323")
	good := a.token
	for note, token := range map[string]string{"none": "", "garbage": "!!", "unknown": "AAAA"} {
		a.token = token
		_, status, f := a.sync()
		if status != http.StatusUnauthorized || f.Key != "refuse.session" {
			t.Errorf("%s: %d %v", note, status, f)
		}
	}
	a.token = good
	if _, status, f := a.sync(); status != http.StatusOK {
		t.Fatalf("%d %v", status, f)
	}
	c.time = c.time.Add(13 * time.Hour)
	_, status, f := a.sync()
	wantFailure(t, status, f, http.StatusUnauthorized, "refuse.session")
	// A person's session is not a tablet's.
	if err := c.s.AddUser(t.Context(), store.User{Name: "央金", Role: core.County, Scope: core.Scope{"632323"}}, "long enough"); err != nil {
		t.Fatal(err)
	}
	token, err := c.s.SignIn(t.Context(), "央金", "long enough")
	if err != nil {
		t.Fatal(err)
	}
	a.token = token
	_, status, f = a.sync()
	wantFailure(t, status, f, http.StatusUnauthorized, "refuse.session")
}

func TestMessagesThatAreNone(t *testing.T) {
	c := newCentre(t)
	a := c.member("扎西", core.FieldWorker, "632323")
	for note, body := range map[string][]byte{"empty": {}, "newer": {9, 1}, "garbage": []byte("\x00garbage"), "zip of nothing": {1, 2, 3}} {
		for _, path := range []string{wire.PathEnroll, wire.PathChallenge, wire.PathSession, wire.PathSync} {
			status, f := c.post(path, a.token, body, nil)
			if status != http.StatusBadRequest || f.Key != "refuse.message" {
				t.Errorf("%s to %s: %d %v", note, path, status, f)
			}
		}
	}
	status, f := c.post(wire.PathSync, a.token, make([]byte, wire.MaxBody+1), nil)
	wantFailure(t, status, f, http.StatusRequestEntityTooLarge, "refuse.size")
	status, f = c.ask(wire.PathSync, a.token, &wire.SyncRequest{Version: wire.Version + 1}, nil)
	wantFailure(t, status, f, http.StatusBadRequest, "refuse.version")
	status, f = c.ask(wire.PathSync, a.token, &wire.SyncRequest{Version: wire.Version, Segments: make([][]byte, wire.MaxSegments+1)}, nil)
	wantFailure(t, status, f, http.StatusRequestEntityTooLarge, "refuse.size")
}

func TestForeignSegmentsAreRefused(t *testing.T) {
	c := newCentre(t)
	a, b := c.member("扎西", core.FieldWorker, "632323"), c.member("卓玛", core.FieldWorker, "632323")
	e := b.entry("household", near, field("yak", change.Int(1)))
	foreign := b.seal(b.encode(e))
	_, status, f := a.sync(foreign)
	wantFailure(t, status, f, http.StatusBadRequest, "refuse.segment")
	forger := *a
	forger.key = b.key
	_, status, f = a.sync(forger.seal(forger.encode(e)))
	wantFailure(t, status, f, http.StatusBadRequest, "refuse.segment")
	_, status, f = a.sync([]byte("no segment"))
	wantFailure(t, status, f, http.StatusBadRequest, "refuse.segment")
	if _, found := c.see(e); found {
		t.Error("a refused segment left something behind")
	}
}

func TestGapIsAnsweredWithTheHead(t *testing.T) {
	c := newCentre(t)
	a := c.member("扎西", core.FieldWorker, "632323")
	var seg [][]byte
	var all []*change.Entry
	for range 3 {
		e := a.entry("household", near, field("yak", change.Int(1)))
		all = append(all, e)
		seg = append(seg, a.seal(a.encode(e)))
	}
	for range 2 { // the first is repeated as a duplicate
		ans, status, f := a.sync(seg[0], seg[2])
		if status != http.StatusOK || len(ans.Heads) != 1 || ans.Heads[0].Seq != 1 {
			t.Fatalf("%d %v, heads %+v", status, f, ans.Heads)
		}
	}
	if _, found := c.see(all[2]); found {
		t.Error("an entry behind a gap was folded")
	}
	ans, _, _ := a.sync(seg[1], seg[2])
	if len(ans.Heads) != 1 || ans.Heads[0].Seq != 3 {
		t.Errorf("heads %+v", ans.Heads)
	}
	r, err := c.s.Replay(t.Context())
	if err != nil || r.Entries != 3 || r.Records != 3 || len(r.Different) > 0 {
		t.Errorf("replay %+v, %v", r, err)
	}
}

// Segments that arrive in the wrong order wait for each other, and come in
// once whichever way they were sent.
func TestGapFillsItself(t *testing.T) {
	c := newCentre(t)
	a := c.member("卓玛", core.FieldWorker, "632323")
	var entries []*change.Entry
	var segments [][]byte
	for range 4 {
		e := a.entry("household", near, field("head_name", change.Text("扎西")))
		entries = append(entries, e)
		segments = append(segments, a.seal(a.encode(e)))
	}
	for _, n := range []int{2, 3, 2} {
		if ans, status, f := a.sync(segments[n]); status != http.StatusOK || len(ans.Receipts) != 0 || len(ans.Held) != 1 || ans.Held[0].First != 3 {
			t.Fatalf("segment %d before those that precede it: %d %v, held %v", n+1, status, f, ans.Held)
		}
	}
	if _, status, f := a.sync(segments[1]); status != http.StatusOK {
		t.Fatalf("%d %v", status, f)
	}
	if _, found := c.see(entries[3]); found {
		t.Error("entry 4 came in before entry 1")
	}
	ans, status, f := a.sync(segments[0])
	if status != http.StatusOK || len(ans.Held) != 0 || len(ans.Heads) != 1 || ans.Heads[0].Seq != 4 {
		t.Fatalf("the gap is filled: %d %v, held %v, heads %v", status, f, ans.Held, ans.Heads)
	}
	for i, e := range entries {
		if r, found := c.see(e); !found || r.Position != change.Position(i+1) {
			t.Errorf("entry %d is at position %d", i+1, r.Position)
		}
	}
}

func TestOneBadEntryBlocksNothing(t *testing.T) {
	c := newCentre(t)
	a := c.member("扎西", core.FieldWorker, "632323")
	first, last := a.entry("household", near, field("yak", change.Int(1))), a.entry("household", near, field("yak", change.Int(2)))
	entries := a.encode(first, last, last)
	entries[1] = []byte("not an entry")
	ans, status, f := a.sync(a.seal(entries))
	if status != http.StatusOK || len(ans.Verdicts) != 1 || ans.Verdicts[0].Seq != 2 || ans.Verdicts[0].Reason != "verdict.undecodable" || ans.Heads[0].Seq != 3 {
		t.Fatalf("%d %v: verdicts %+v, heads %+v", status, f, ans.Verdicts, ans.Heads)
	}
	for _, e := range []*change.Entry{first, last} {
		if _, found := c.see(e); !found {
			t.Error("a good entry beside a bad one is missing")
		}
	}
	if len(ans.Receipts) != 1 {
		t.Errorf("%d receipts", len(ans.Receipts))
	}
	waiting, err := c.s.As(core.Person{Name: "x", Role: core.Admin, Scope: core.Scope{"63"}}).Quarantine(t.Context(), 9)
	if err != nil || len(waiting) != 1 || string(waiting[0].Bytes) != "not an entry" {
		t.Errorf("kept aside: %+v, %v", waiting, err)
	}
}

func TestVerdicts(t *testing.T) {
	c := newCentre(t)
	a := c.member("扎西", core.FieldWorker, "632323")
	trainer := c.member("才让", core.Trainer, "632323")
	forged := a.entry("household", near, field("yak", change.Int(1)))
	forged.Author = "卓玛"
	passed := a.entry("demand", near, field("title", change.Text("饲料")))
	a.push(passed)
	jump := &change.Entry{Author: a.name, At: c.now(), Kind: "demand", Record: passed.Record, Region: near, Fields: []change.Field{{Name: "state", Rule: change.Review, Was: change.Null,
		Value: change.MapOf(map[string]change.Value{"state": change.Text("published")})}}}
	for note, w := range map[string]struct {
		t    *tablet
		e    *change.Entry
		want string
	}{
		"good":   {a, a.entry("household", near, field("yak", change.Int(1))), ""},
		"author": {a, forged, "verdict.author"},
		"area":   {a, a.entry("household", far, field("yak", change.Int(1))), "verdict.area"},
		"role":   {trainer, trainer.entry("demand", near, field("title", change.Text("x"))), "verdict.role"},
		"state":  {a, jump, "verdict.state"},
		"newer":  {a, a.entry("satellite", near, field("orbit", change.Int(1))), ""},
	} {
		ans := w.t.push(w.e)
		got := w.t.verdict(ans).Reason
		if got != w.want {
			t.Errorf("%s: got %q, want %q", note, got, w.want)
		}
		if _, found := c.see(w.e); note != "state" && found != (w.want == "") {
			t.Errorf("%s: found %v", note, found)
		}
	}
	if r, _ := c.see(passed); r.Text("state") != "" {
		t.Errorf("the demand went to %q", r.Text("state"))
	}
	if err := c.s.Revoke(t.Context(), a.log.Device, true); err != nil {
		t.Fatal(err)
	}
	ans := a.push(a.entry("household", near, field("yak", change.Int(1))))
	if a.verdict(ans).Reason != "verdict.revoked" || !ans.Wipe {
		t.Errorf("revoked: %+v, wipe %v", ans.Verdicts, ans.Wipe)
	}
	wantRefusal(t, c.s.Revoke(t.Context(), change.DeviceID{1}, false), "refuse.device")
	r, err := c.s.Replay(t.Context())
	if err != nil || len(r.Different) > 0 {
		t.Errorf("replay %+v, %v", r, err)
	}
}

// However wrong the clocks are, an edit is never dated after its receipt, nor
// before what its author had seen, nor before the author's edit before it; and
// receipt never runs backward.
func TestEffectiveTimes(t *testing.T) {
	c := newCentre(t)
	a := c.member("扎西", core.FieldWorker, "632323")
	var position change.Position
	var last change.Millis
	rapid.Check(t, func(rt *rapid.T) {
		// The server's own clock may be set back as well.
		c.time = c.time.Add(time.Duration(rapid.Int64Range(-int64(time.Hour), int64(2*time.Hour)).Draw(rt, "pass")))
		if status, f := a.session(a.nonce(), a.key); status != http.StatusOK {
			rt.Fatalf("%d %v", status, f)
		}
		e := a.entry("household", near, field("yak", change.Int(1)))
		e.At = change.Millis(rapid.Int64Range(-1<<41, 1<<42).Draw(rt, "at"))
		e.Seen = change.Seen{Epoch: 1, Position: change.Position(rapid.Uint64Range(0, uint64(position)+3).Draw(rt, "seen"))}
		segment := a.seal(a.encode(e))
		var ans wire.SyncAnswer
		sent := change.Millis(rapid.Int64Range(-1<<41, 1<<42).Draw(rt, "sent"))
		if status, f := c.ask(wire.PathSync, a.token, &wire.SyncRequest{Version: wire.Version, Sent: sent, Incarnation: a.log.Incarnation, Segments: [][]byte{segment}}, &ans); status != http.StatusOK {
			rt.Fatalf("no clock may refuse a sync: %d %v", status, f)
		}
		position++
		err := c.db.View(t.Context(), func(tx store.Tx) error {
			l, found, err := tx.LoggedAt(position)
			if err != nil || !found {
				rt.Fatalf("position %d: %v, %v", position, found, err)
			}
			seen, _, err := tx.ReceivedAt(min(e.Seen.Position, position-1))
			if l.Effective > l.Received || l.Effective < seen || l.Effective < last || l.Effective < 1 {
				rt.Fatalf("effective %d, received %d, seen %d, before %d", l.Effective, l.Received, seen, last)
			}
			before, _, err2 := tx.ReceivedAt(position - 1)
			if l.Received < before {
				rt.Fatalf("received %d after %d", l.Received, before)
			}
			last = l.Effective
			if err2 != nil {
				return err2
			}
			return err
		})
		if err != nil {
			rt.Fatal(err)
		}
	})
}
