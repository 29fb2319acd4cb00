package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"muqu/core"
	"muqu/core/store"
	"muqu/sync/wire"
)

// Routes puts the protocol's routes on mux.
func (s *Server) Routes(mux *http.ServeMux) {
	mux.Handle("POST "+wire.PathEnroll, handle(s, func(ctx context.Context, _ string, req *wire.EnrollRequest) (any, error) {
		return s.Enroll(ctx, req)
	}))
	mux.Handle("POST "+wire.PathChallenge, handle(s, func(ctx context.Context, _ string, req *wire.ChallengeRequest) (any, error) {
		return s.Challenge(ctx, req)
	}))
	mux.Handle("POST "+wire.PathSession, handle(s, func(ctx context.Context, _ string, req *wire.SessionRequest) (any, error) {
		return s.Session(ctx, req)
	}))
	mux.Handle("POST "+wire.PathSync, handle(s, s.syncRequest))
}

// errToken reports a session that is over: the tablet begins a new one.
var errToken = errors.New("session over")

func (s *Server) syncRequest(ctx context.Context, token string, req *wire.SyncRequest) (any, error) {
	d, found, err := s.deviceOf(ctx, token)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, errToken
	}
	return s.Exchange(ctx, d, req)
}

// handle reads a message, calls f and writes its answer.
func handle[Q any](s *Server, f func(context.Context, string, *Q) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, wire.MaxBody))
		if err != nil {
			s.refuse(w, core.Refuse(core.TooLarge, "", "refuse.size"))
			return
		}
		q := new(Q)
		if err := wire.Unpack(b, q); err != nil {
			s.refuse(w, core.Refuse(core.Invalid, "", "refuse.message"))
			return
		}
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		a, err := f(r.Context(), token, q)
		if err != nil {
			s.refuse(w, err)
			return
		}
		write(w, http.StatusOK, a)
	})
}

func write(w http.ResponseWriter, status int, m any) {
	b, err := wire.Pack(m)
	if err != nil {
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header()["Date"] = nil // the message carries the time; every byte counts
	w.Header()["Content-Type"] = nil
	w.Header().Set("Content-Length", fmt.Sprint(len(b)))
	w.WriteHeader(status)
	// A tablet that is gone asks again.
	_, _ = w.Write(b)
}

func (s *Server) refuse(w http.ResponseWriter, err error) {
	if errors.Is(err, errToken) {
		write(w, http.StatusUnauthorized, wire.Failure{Key: "refuse.session", Text: err.Error()})
		return
	}
	var r *core.Refusal
	if err = store.NoRoom(err); errors.As(err, &r) && r.Reason == core.NoRoom {
		s.cfg.Log.Error("the disk is full", "err", err)
		r = core.Refuse(core.NoRoom, "", "refuse.full.server")
	}
	if r == nil {
		s.cfg.Log.Error("request failed", "err", err)
		write(w, http.StatusInternalServerError, wire.Failure{Key: "refuse.internal", Text: "the server has a fault: try again later"})
		return
	}
	args := make([]string, len(r.Args))
	for i, a := range r.Args {
		args[i] = fmt.Sprint(a)
	}
	write(w, r.Reason.Status(), wire.Failure{Reason: uint8(r.Reason), Key: r.Key, Args: args, Text: r.Error()})
}
