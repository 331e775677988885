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

// ShareRuns adds the runs that this machine has recorded in a file, before it had a lake, to the ledger of the lake, so that they are not sent again.
func (p *Pipeline) ShareRuns() error { return p.shareRuns(Ledger(p.Config)) }

func (p *Pipeline) shareRuns(ledger job.Ledger) error {
	file := job.FileLedger{Path: p.Config.RunLedger()}
	if _, err := os.Stat(file.Path); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	damaged, err := file.DamagedLines()
	if err == nil {
		err = job.CopyRuns(file, ledger)
	}
	if err != nil {
		return fmt.Errorf("adding the runs of %s to the ledger of the lake: %w", file.Path, err)
	}
	moved := file.Path + ".moved"
	if err := os.Rename(file.Path, moved); err != nil {
		return err
	}
	if len(damaged) > 0 {
		p.Log.Warn("lines of the run ledger cannot be read: a report that they show as sent can be sent again", "file", moved, "lines", damaged)
	}
	return nil
}

// What one of the machines that share a lake does at a time.
const (
	ScheduleLock  = "the schedule"
	ReconcileLock = "the reconciliation with vendors"
)

// HoldLock calls serve if this machine can take a lock of its lake, with a context that ends when it has lost it. The error is why it has not taken it
// (catalog.IsHeld), or why it stopped; nil if ctx ended.
func (p *Pipeline) HoldLock(ctx context.Context, lock string, serve func(ctx context.Context) error) error {
	database := lakeCatalog(p.Config)
	release, err := database.Lock(ctx, lock, 0)
	if err != nil {
		return err
	}
	defer release()
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
