package pipeline

import (
	"context"
	"fmt"

	"callsheet/internal/job"
	"callsheet/store"
)

// MigrateToLake copies the database file into the lake of the configuration; see store.CopyToLake.
func (p *Pipeline) MigrateToLake(ctx context.Context, progress func(done, total int)) (store.Copied, error) {
	return p.migrate(ctx, func(options store.Options) (store.Copied, error) {
		copied, err := store.CopyToLake(ctx, options, p.Config.DatabaseFile(), progress)
		if store.IsTransient(err) {
			err = fmt.Errorf("%w\nhint: run it again: it goes on where it stopped", err)
		}
		if err == nil {
			err = p.ShareRuns()
		}
		return copied, err
	})
}

// MigrateToFile copies the lake of the configuration to the database file; see store.CopyToFile. The runs are copied before the file appears: without
// them its reports would be sent again.
func (p *Pipeline) MigrateToFile(ctx context.Context) (store.Copied, error) {
	return p.migrate(ctx, func(options store.Options) (store.Copied, error) {
		return store.CopyToFile(ctx, options, p.Config.DatabaseFile(), func() error {
			return job.CopyRuns(Ledger(p.Config), job.FileLedger{Path: p.Config.RunLedger()})
		})
	})
}

// migrate copies while this machine loads nothing.
func (p *Pipeline) migrate(ctx context.Context, do func(store.Options) (store.Copied, error)) (store.Copied, error) {
	options, err := p.lakeOptions()
	if err != nil {
		return store.Copied{}, err
	}
	release, err := p.lockLoads(ctx)
	if err != nil {
		return store.Copied{}, err
	}
	defer release()
	copied, err := do(options)
	return copied, explainFull(p.Config, err)
}
