package client

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"muqu/core"
	"muqu/sync/wire"
)

// ErrOffline reports that no server could be reached. It is an ordinary state.
var ErrOffline = errors.New("no server can be reached: the work stays on the tablet")

// errSession reports a token that the server no longer takes.
var errSession = errors.New("session over")

// link is one way to a server.
type link struct {
	base   string
	client *http.Client
	in     atomic.Int64 // bytes above TLS, headers included
	out    atomic.Int64
}

// dial prepares a link. A certificate is judged by the pinned key alone: names
// and dates mean nothing on a township's network with a tablet whose clock is
// wrong.
func dial(base, pin string) (*link, error) {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" {
		return nil, core.Refuse(core.Invalid, "", "refuse.url")
	}
	switch {
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, core.Refuse(core.Invalid, "", "refuse.http")
	case u.Scheme == "https" && pin == "":
		return nil, core.Refuse(core.Missing, "", "refuse.pin")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, core.Refuse(core.Invalid, "", "refuse.url")
	}
	l := &link{base: strings.TrimRight(base, "/")}
	d := &net.Dialer{Timeout: 20 * time.Second}
	tr := &http.Transport{
		MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, DisableCompression: true, ResponseHeaderTimeout: 3 * time.Minute,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := d.DialContext(ctx, network, addr)
			return l.count(c), err
		},
		DialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := d.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			tc := tls.Client(c, pinned(pin))
			if err := tc.HandshakeContext(ctx); err != nil {
				return nil, errors.Join(err, c.Close())
			}
			return l.count(tc), nil
		},
	}
	l.client = &http.Client{Transport: tr}
	return l, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func pinned(pin string) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, // replaced by the pin below, which is stricter
		VerifyConnection: func(cs tls.ConnectionState) error {
			sum := sha256.Sum256(cs.PeerCertificates[0].RawSubjectPublicKeyInfo)
			if !strings.EqualFold(hex.EncodeToString(sum[:]), pin) {
				return core.Refuse(core.Forbidden, "", "refuse.fingerprint")
			}
			return nil
		},
	}
}

type counted struct {
	net.Conn
	l *link
}

func (l *link) count(c net.Conn) net.Conn {
	if c == nil {
		return nil
	}
	return &counted{c, l}
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.l.in.Add(int64(n))
	return n, err
}

func (c *counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.l.out.Add(int64(n))
	return n, err
}

func (l *link) close() { l.client.CloseIdleConnections() }

// ask sends a message and reads the answer.
func (l *link) ask(ctx context.Context, path, token string, question, answer any) error {
	body, err := wire.Pack(question)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.base+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("ask %s: %w", path, err)
	}
	req.Header["User-Agent"] = nil // says nothing that the message doesn't
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := l.client.Do(req)
	if err != nil {
		return unreachable(ctx, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, wire.MaxBody+1))
	if err != nil {
		return unreachable(ctx, err)
	}
	if res.StatusCode != http.StatusOK {
		return refused(res.StatusCode, b)
	}
	return wire.Unpack(b, answer)
}

// unreachable tells a wrong server, which a person must look at, from one that
// can't be reached now.
func unreachable(ctx context.Context, err error) error {
	var r *core.Refusal
	if errors.As(err, &r) {
		return r
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w (%w)", ErrOffline, err)
}

func refused(status int, b []byte) error {
	if status == http.StatusUnauthorized {
		return errSession
	}
	var f wire.Failure
	if err := wire.Unpack(b, &f); err != nil || f.Key == "" {
		return fmt.Errorf("%w (the server answered %d)", ErrOffline, status)
	}
	args := make([]any, len(f.Args))
	for i, a := range f.Args {
		args[i] = a
	}
	return core.Refuse(core.Reason(f.Reason), "", f.Key, args...)
}
