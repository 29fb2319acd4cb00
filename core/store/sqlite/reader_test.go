package sqlite_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/store"
	"muqu/core/store/sqlite"
)

// Readers that all want statements which nobody has prepared yet must not wait
// for each other: with database/sql's own transactions they did, for ever.
func TestManyReadersPrepareAtOnce(t *testing.T) {
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "muqu.db"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			err := db.View(ctx, func(tx store.Tx) error {
				for j := range 20 {
					values := make([]string, 1+(i+j)%40) // as many marks in the statement
					for n := range values {
						values[n] = fmt.Sprint(n)
					}
					if _, err := tx.Count(core.Query{Kind: "household", Any: map[string][]string{"phone": values}}); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if err := db.Close(); err != nil {
		t.Errorf("close: %v", err)
	}
	_ = db.Close() // says that it is closed, and comes back
	if err := db.View(ctx, func(store.Tx) error { return nil }); err == nil {
		t.Error("a closed database was read")
	}
}
