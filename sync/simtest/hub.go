package simtest

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"time"

	"muqu/core"
	"muqu/sync/client"
	"muqu/sync/ingest"
)

// Hub is a township hub: a tablet towards what is above it, a server towards
// its tablets.
type Hub struct {
	*Tablet
	Server *ingest.Server
	http   *httptest.Server
}

// Hub enrolls a hub at the centre.
func (w *World) Hub(name string, scope ...string) *Hub {
	w.t.Helper()
	return w.hub(name, scope, w.Server, w.http.URL)
}

// Below enrolls a hub at this one.
func (h *Hub) Below(name string, scope ...string) *Hub {
	h.w.t.Helper()
	return h.w.hub(name, scope, h.Server, h.http.URL)
}

func (w *World) hub(name string, scope []string, above *ingest.Server, url string) *Hub {
	w.t.Helper()
	if len(scope) == 0 {
		scope = []string{"632323"}
	}
	h := &Hub{Tablet: &Tablet{w: w, Dir: filepath.Join(w.t.TempDir(), "hub"), Name: name}}
	h.Tablet.Open()
	h.admit(above, url, core.HubRole, scope)
	h.start()
	h.http = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.answer(rw, r, h.Server, true) }))
	w.t.Cleanup(func() {
		h.http.Close()
		h.Server.Close()
		_ = h.Close()
	})
	return h
}

// start puts the half that faces the tablets on the hub's database.
func (h *Hub) start() {
	w := h.w
	w.t.Helper()
	s, err := ingest.New(w.ctx, h.Store(), ingest.Config{
		Now: func() time.Time { return w.Time.Add(h.Clock) }, Random: w.random,
		Hub: &ingest.HubSide{Upheld: h.Upheld, Show: h.Show},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	h.Server = s
	h.Carry(s.Forwarder())
}

// Guest enrolls a new tablet at the hub.
func (h *Hub) Guest(name string, scope ...string) *Tablet {
	h.w.t.Helper()
	if len(scope) == 0 {
		scope = []string{"632323"}
	}
	t := &Tablet{w: h.w, Dir: filepath.Join(h.w.t.TempDir(), "tablet"), Name: name}
	t.Open()
	h.w.t.Cleanup(func() { _ = t.Close() })
	t.admit(h.Server, h.http.URL, core.FieldWorker, scope)
	return t
}

// Knows lets a tablet turn to the hub.
func (h *Hub) Knows(t *Tablet) {
	h.w.t.Helper()
	if err := t.AddServer(h.w.ctx, client.Invitation{URL: h.http.URL}); err != nil {
		h.w.t.Fatal(err)
	}
}
