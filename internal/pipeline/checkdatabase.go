package pipeline

import (
	"context"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/store"
)

// databaseTimeout is how long CheckDatabase waits for another program that has the database open.
const databaseTimeout = 5 * time.Second

// CheckDatabase returns an error for a database file with which the next load would fail, or which it would rebuild. While a load has it,
// which reports the same, it returns nil.
func (p *Pipeline) CheckDatabase(ctx context.Context) error {
	c := p.Config
	if p.NoDatabase || c.Store.Lake.Enabled() {
		return nil
	}
	held, err := atomicfile.IsHeld(loadLock(c))
	if err != nil || held {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, databaseTimeout)
	defer stop()
	return store.CheckDatabase(ctx, p.StoreOptions(c.Database()))
}
