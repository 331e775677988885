package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"

	"callsheet/internal/catalog"
	"callsheet/internal/config"
	"callsheet/internal/job"
)

// Ledger returns the ledger of runs: a file, or with a lake the one in its catalog.
func Ledger(c *config.Config) job.Ledger {
	if database := lakeCatalog(c); database != nil {
		return job.SharedLedger{Catalog: database}
	}
	return job.FileLedger{Path: c.RunLedger()}
}

// lakeCatalog returns the catalog of the configuration's lake, or nil.
func lakeCatalog(c *config.Config) *catalog.Database {
	if !c.Store.Lake.Enabled() {
		return nil
	}
	return &catalog.Database{Resolve: c.ResolveCatalog, Machine: c.Collector.ID}
}

// shareRuns adds the runs that this machine has recorded in a file, before it had a lake, to the shared ledger, so that they are not sent again.
func shareRuns(c *config.Config, ledger job.Ledger) error {
	_, err := os.Stat(c.RunLedger())
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	if err := job.CopyRuns(job.FileLedger{Path: c.RunLedger()}, ledger); err != nil {
		return fmt.Errorf("adding the runs of %s to the ledger of the lake: %w", c.RunLedger(), err)
	}
	return os.Rename(c.RunLedger(), c.RunLedger()+".moved")
}

// scheduleLock is the lock of the machine that runs the schedule of a lake.
const scheduleLock = "the schedule of the lake"

// HoldSchedule calls serve if this machine can take the lock of the schedule of its lake, with a context that ends when it has lost it. The error is
// why it has not taken it (catalog.IsHeld), or why it stopped; nil if ctx ended.
func (p *Pipeline) HoldSchedule(ctx context.Context, serve func(ctx context.Context) error) error {
	database := lakeCatalog(p.Config)
	release, err := database.Lock(ctx, scheduleLock, 0)
	if err != nil {
		return err
	}
	defer release()
	if err := shareRuns(p.Config, job.SharedLedger{Catalog: database}); err != nil {
		return err
	}
	held, stop := database.Watch(ctx)
	defer stop()
	if err := serve(held); err != nil {
		return err
	}
	if ctx.Err() == nil {
		return context.Cause(held)
	}
	return nil
}
