package wire

import (
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"
	"slices"

	"muqu/core/change"
)

// The routes of the protocol, below a server's address.
const (
	PathEnroll    = "/v1/enroll"
	PathChallenge = "/v1/challenge"
	PathSession   = "/v1/session"
	PathSync      = "/v1/sync"
)

// MediaType is the content type of messages.
const MediaType = "application/vnd.muqu"

// EnrollRequest asks for a tablet to be admitted. The tablet has made its key
// itself; the signature proves that it holds the private half.
type EnrollRequest struct {
	Version   uint8         `cbor:"1,keyasint"`
	Code      string        `cbor:"2,keyasint"`
	Device    []byte        `cbor:"3,keyasint"`
	Key       []byte        `cbor:"4,keyasint"`
	Program   string        `cbor:"5,keyasint,omitempty"`
	Sent      change.Millis `cbor:"6,keyasint"`
	Signature []byte        `cbor:"7,keyasint"`
}

const enrollContext = "muqu enroll v1\n"

func (r *EnrollRequest) body() []byte {
	return signed(enrollContext, append(append(append([]byte(nil), r.Device...), r.Key...), r.Code...))
}

// Sign fills in the signature.
func (r *EnrollRequest) Sign(key ed25519.PrivateKey) { r.Signature = ed25519.Sign(key, r.body()) }

// Verify checks the signature against the key in the request.
func (r *EnrollRequest) Verify() error {
	if len(r.Key) != ed25519.PublicKeySize || len(r.Device) != len(change.DeviceID{}) || !ed25519.Verify(r.Key, r.body(), r.Signature) {
		return fmt.Errorf("enrollment: %w", ErrSignature)
	}
	return nil
}

// EnrollAnswer admits a tablet.
type EnrollAnswer struct {
	Certificate []byte        `cbor:"1,keyasint"` // see [Certificate]
	Server      []byte        `cbor:"2,keyasint"` // the centre's public key
	Epoch       change.Epoch  `cbor:"3,keyasint"`
	Received    change.Millis `cbor:"4,keyasint"`
	Chain       [][]byte      `cbor:"5,keyasint,omitempty"` // of the hub that answers; see [OpenChain]
	Servers     []Address     `cbor:"6,keyasint,omitempty"` // others that the tablet may turn to
	Own         [][]byte      `cbor:"7,keyasint,omitempty"` // to a hub: its own delegations
}

// Certificate is the server's signed word on who a tablet is. With it a tablet
// is readmitted by a server that was restored from an older backup.
type Certificate struct {
	_      struct{} `cbor:",toarray"`
	Device []byte
	Key    []byte
	Name   string
	Role   string
	Scope  []string
	Issued change.Millis
	Until  change.Millis // end of the grant, zero for none
}

const certificateContext = "muqu certificate v1\n"

// Statement is something signed by the server.
type Statement struct {
	_         struct{} `cbor:",toarray"`
	Body      []byte
	Signature []byte
}

func state(context string, x any, key ed25519.PrivateKey) ([]byte, error) {
	body, err := change.Marshal(x)
	if err != nil {
		return nil, err
	}
	return change.Marshal(Statement{Body: body, Signature: ed25519.Sign(key, signed(context, body))})
}

func believe(context string, b []byte, key ed25519.PublicKey, into any) error {
	var s Statement
	if err := change.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("decode statement: %w", err)
	}
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, signed(context, s.Body), s.Signature) {
		return ErrSignature
	}
	return change.Unmarshal(s.Body, into)
}

// Sign writes the certificate as a statement of the server.
func (c *Certificate) Sign(key ed25519.PrivateKey) ([]byte, error) {
	return state(certificateContext, c, key)
}

// OpenCertificate checks and reads a certificate.
func OpenCertificate(b []byte, server ed25519.PublicKey) (*Certificate, error) {
	c := new(Certificate)
	if err := believe(certificateContext, b, server, c); err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	if len(c.Device) != len(change.DeviceID{}) || len(c.Key) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("certificate: malformed")
	}
	return c, nil
}

// ChallengeRequest asks for a nonce.
type ChallengeRequest struct {
	Device []byte `cbor:"1,keyasint"`
}

// ChallengeAnswer gives it.
type ChallengeAnswer struct {
	Nonce []byte   `cbor:"1,keyasint"`
	Chain [][]byte `cbor:"2,keyasint,omitempty"` // of a hub
}

// SessionRequest answers a challenge. No clock takes part.
type SessionRequest struct {
	Device      []byte   `cbor:"1,keyasint"`
	Nonce       []byte   `cbor:"2,keyasint"`
	Signature   []byte   `cbor:"3,keyasint"`
	Certificate []byte   `cbor:"4,keyasint,omitempty"`
	Chain       [][]byte `cbor:"5,keyasint,omitempty"` // of the hub that signed the certificate
}

const sessionContext = "muqu session v1\n"

// Sign fills in the signature over nonce, device and server.
func (r *SessionRequest) Sign(key ed25519.PrivateKey, server ed25519.PublicKey) {
	r.Signature = ed25519.Sign(key, r.body(server))
}

// Verify checks it.
func (r *SessionRequest) Verify(key, server ed25519.PublicKey) error {
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, r.body(server), r.Signature) {
		return fmt.Errorf("session: %w", ErrSignature)
	}
	return nil
}

func (r *SessionRequest) body(server ed25519.PublicKey) []byte {
	return signed(sessionContext, append(append(append([]byte(nil), r.Device...), r.Nonce...), server...))
}

// SessionAnswer gives an opaque token.
type SessionAnswer struct {
	Token    string        `cbor:"1,keyasint"`
	Received change.Millis `cbor:"2,keyasint"`
	Servers  []Address     `cbor:"3,keyasint,omitempty"` // others that the tablet may turn to
	Own      [][]byte      `cbor:"4,keyasint,omitempty"` // to a hub: its own delegations, renewed
}

// Receipt is the server's word that it sequenced a run of one log.
type Receipt struct {
	_           struct{} `cbor:",toarray"`
	Epoch       change.Epoch
	Device      []byte
	Incarnation change.Incarnation
	First       uint64
	Position    change.Position // of the first; the others follow
	Hashes      []byte          // SHA-256 over what stood here before and the next entry's hash, in turn
	Count       int
	Received    change.Millis
}

// ReceiptHash goes on with a receipt's hash over further entries.
func ReceiptHash(hash []byte, entries ...change.Hash) []byte {
	for i := range entries {
		sum := sha256.Sum256(append(slices.Clone(hash), entries[i][:]...))
		hash = sum[:]
	}
	return hash
}

const receiptContext = "muqu receipt v1\n"

// Sign writes the receipt as a statement of the server.
func (r *Receipt) Sign(key ed25519.PrivateKey) ([]byte, error) { return state(receiptContext, r, key) }

// OpenReceipt checks and reads a receipt.
func OpenReceipt(b []byte, server ed25519.PublicKey) (*Receipt, error) {
	r := new(Receipt)
	if err := believe(receiptContext, b, server, r); err != nil {
		return nil, fmt.Errorf("receipt: %w", err)
	}
	return r, nil
}

// Failure is how a server refuses: a catalogue key for the person, and a plain
// English sentence for logs and for programs that don't know the key.
type Failure struct {
	Reason uint8    `cbor:"1,keyasint"`
	Key    string   `cbor:"2,keyasint"`
	Args   []string `cbor:"3,keyasint,omitempty"`
	Text   string   `cbor:"4,keyasint"`
}
