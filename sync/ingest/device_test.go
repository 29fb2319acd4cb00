package ingest_test

import (
	"crypto/ed25519"
	"net/http"
	"strings"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

func TestEnroll(t *testing.T) {
	c := newCentre(t)
	code := c.code(store.Code{Name: "扎西", Role: core.FieldWorker, Scope: core.Scope{"632323"}})
	a, b := c.stranger("扎西"), c.stranger("卓玛")

	status, f := a.enroll("AAAA-BBBB-CCCC")
	wantFailure(t, status, f, http.StatusNotFound, "refuse.code.unknown")
	if status, f = a.enroll(strings.ToLower(strings.ReplaceAll(code, "-", " "))); status != http.StatusOK {
		t.Fatalf("a code as people write it: %d %v", status, f)
	}
	if status, f = a.enroll(code); status != http.StatusOK {
		t.Errorf("the same key repeats: %d %v", status, f)
	}
	status, f = b.enroll(code)
	wantFailure(t, status, f, http.StatusConflict, "refuse.code.used")

	late := c.code(store.Code{Role: core.Trainer, Scope: core.Scope{"632323"}, Expires: c.now() + 1000})
	c.time = c.time.Add(2 * time.Second)
	status, f = b.enroll(late)
	wantFailure(t, status, f, http.StatusGone, "refuse.code.expired")

	cert, err := wire.OpenCertificate(a.cert, c.s.Key())
	if err != nil || cert.Name != "扎西" || cert.Role != "field" || len(cert.Scope) != 1 {
		t.Errorf("certificate %+v, %v", cert, err)
	}
	req := wire.EnrollRequest{Version: wire.Version, Code: code, Device: b.log.Device[:], Key: b.key.Public().(ed25519.PublicKey)}
	req.Sign(a.key)
	status, f = c.ask(wire.PathEnroll, "", &req, nil)
	wantFailure(t, status, f, http.StatusBadRequest, "refuse.signature")
}

// Whoever has a code may bring a tablet of their own, not take the place of
// another: device ids are no secret.
func TestEnrollDoesNotTakeOverATablet(t *testing.T) {
	c := newCentre(t)
	victim := c.member("扎西", core.FieldWorker, "632323")
	for note, id := range map[string]change.DeviceID{"another tablet": victim.log.Device, "the server": c.s.Device()} {
		thief := c.stranger("卓玛")
		thief.log.Device = id
		status, f := thief.enroll(c.code(store.Code{Name: "卓玛", Role: core.Trainer, Scope: core.Scope{"632323"}}))
		if status == http.StatusOK {
			t.Errorf("%s is taken over", note)
		} else {
			wantFailure(t, status, f, http.StatusForbidden, "refuse.signature")
		}
	}
	if status, f := victim.session(victim.nonce(), victim.key); status != http.StatusOK {
		t.Errorf("the tablet is locked out: %d %v", status, f)
	}
	// The same tablet may come again, with another role.
	if status, f := victim.enroll(c.code(store.Code{Name: "扎西", Role: core.Supervisor, Scope: core.Scope{"632323"}})); status != http.StatusOK {
		t.Errorf("enrolled again: %d %v", status, f)
	}
}

func TestNewCodeRefuses(t *testing.T) {
	c := newCentre(t)
	_, err := c.s.NewCode(t.Context(), store.Code{Role: core.Admin, Scope: core.Scope{"63"}})
	wantRefusal(t, err, "refuse.code.role")
	_, err = c.s.NewCode(t.Context(), store.Code{Role: core.FieldWorker})
	wantRefusal(t, err, "refuse.region.none")
}

func TestSession(t *testing.T) {
	c := newCentre(t)
	a, b := c.member("扎西", core.FieldWorker, "632323"), c.member("卓玛", core.FieldWorker, "632323")
	n := a.nonce()
	if status, f := a.session(n, a.key); status != http.StatusOK {
		t.Fatalf("%d %v", status, f)
	}
	status, f := a.session(n, a.key)
	wantFailure(t, status, f, http.StatusGone, "refuse.challenge")
	status, f = a.session(b.nonce(), a.key)
	wantFailure(t, status, f, http.StatusGone, "refuse.challenge")
	status, f = a.session(a.nonce(), b.key)
	wantFailure(t, status, f, http.StatusForbidden, "refuse.signature")
	n = a.nonce()
	c.time = c.time.Add(3 * time.Minute)
	status, f = a.session(n, a.key)
	wantFailure(t, status, f, http.StatusGone, "refuse.challenge")
}

// A restored server knows a tablet again by the certificate that it signed.
func TestSessionByCertificate(t *testing.T) {
	old, c := newCentre(t), newCentre(t) // equal seeds: the same key
	if !old.s.Key().Equal(c.s.Key()) {
		t.Fatal("the servers differ")
	}
	a := old.member("扎西", core.FieldWorker, "632323")
	a.c = c
	if status, f := a.session(a.nonce(), a.key); status != http.StatusOK {
		t.Fatalf("readmission: %d %v", status, f)
	}
	if _, status, f := a.sync(); status != http.StatusOK {
		t.Errorf("sync: %d %v", status, f)
	}
	other := c.stranger("卓玛")
	_, false1, err := ed25519.GenerateKey(c.random)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := (&wire.Certificate{Device: other.log.Device[:], Key: other.key.Public().(ed25519.PublicKey), Name: "卓玛", Role: "supervisor", Scope: []string{"63"}}).Sign(false1)
	if err != nil {
		t.Fatal(err)
	}
	for note, cert := range map[string][]byte{"none": nil, "forged": forged, "another's": a.cert, "garbage": []byte("x")} {
		other.cert = cert
		status, f := other.session(other.nonce(), other.key)
		if status != http.StatusForbidden || f.Key != "refuse.unknown" {
			t.Errorf("%s: %d %v", note, status, f)
		}
	}
}
