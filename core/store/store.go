package store

import (
	"context"
)

// Store is one database. It is closed when its owner stops.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
	Close() error
}

// Tx is a transaction.
type Tx interface {
	Records
	Files
	Tablet
	Ahead
	Server
	Carrier
	Accounts
	Meta
}

// Meta keeps single values under names.
type Meta interface {
	Meta(name string) ([]byte, error)
	SetMeta(name string, value []byte) error
}
