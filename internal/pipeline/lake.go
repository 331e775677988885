package pipeline

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"time"

	"callsheet/internal/backoff"
	"callsheet/internal/child"
	"callsheet/internal/exitcode"
	"callsheet/store"
)

// maxLakeRetries is how long a load into a lake is retried after transient errors.
const maxLakeRetries = 2 * time.Minute

// lakeBackoff is about the wait before such a retry.
var lakeBackoff = backoff.Policy{Initial: 500 * time.Millisecond, Max: 20 * time.Second}

// InitLake creates the lake of the configuration, or applies the configuration to it.
func (p *Pipeline) InitLake(ctx context.Context) error {
	if err := MakeDataDir(p.Config); err != nil {
		return err
	}
	options, err := p.lakeOptions()
	if err != nil {
		return err
	}
	return store.InitLake(ctx, options)
}

// MaintainLake maintains the lake until nothing is left to do or the limit is reached.
func (p *Pipeline) MaintainLake(ctx context.Context, limit time.Duration) (done store.Maintained, err error) {
	options, err := p.lakeOptions()
	if err != nil {
		return done, err
	}
	return store.MaintainLake(ctx, options, store.MaintainOptions{TimeLimit: limit})
}

// maintenanceTime is how long serve maintains the lake at a time.
const maintenanceTime = 10 * time.Minute

// ServeMaintenance maintains the lake of the current configuration every store.lake.maintain_every, in child processes, until ctx ends. onCrash is called
// for each child that crashes or is killed at a limit.
func ServeMaintenance(ctx context.Context, current func() *Pipeline, onCrash func()) {
	last := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		p := current()
		every := p.Config.Store.Lake.MaintainEvery
		if !p.Config.Store.Lake.Enabled() || every == 0 || time.Since(last) < every {
			continue
		}
		last = time.Now()
		limited, cancel := context.WithTimeout(ctx, maintenanceTime+p.Config.Store.TimeLimit) // a portion may take long
		err := p.RunChild(limited, child.Command{Args: []string{"maintain", "--json", "--limit", maintenanceTime.String()}, Stdout: io.Discard, Memory: p.RunMemory(), Group: true})
		cancel()
		if ctx.Err() != nil {
			return
		}
		if errors.Is(err, child.ErrMemory) || errors.As(err, new(*child.Crash)) {
			onCrash()
		}
		if err != nil {
			p.Log.Error("maintenance of the lake failed", "error", err, "next", every)
		}
	}
}

// CheckLake opens the lake as loads do, lists where its data is, and reads the ledger of runs with the client that schedulers use.
func (p *Pipeline) CheckLake(ctx context.Context) error {
	options, err := p.lakeOptions()
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, options)
	if err != nil {
		return err
	}
	_, runsErr := Ledger(p.Config).Runs()
	return errors.Join(db.CheckData(ctx), runsErr, db.Close())
}

var errNoLake = errors.New("the configuration has no lake\nhint: set store.lake.catalog and store.lake.data")

func (p *Pipeline) lakeOptions() (store.Options, error) {
	if !p.Config.Store.Lake.Enabled() {
		return store.Options{}, exitcode.UsageError(errNoLake)
	}
	return p.storeOptions(p.Config.Database())
}

// repeat retries a load into the lake until it succeeds or fails permanently. Each attempt resumes where the last one ended.
func (p *Pipeline) repeat(ctx context.Context, attempt func() (store.Summary, error)) (summary store.Summary, err error) {
	var before store.Summary
	started := time.Now()
	for failures := 0; ; failures++ {
		summary, err = attempt()
		summary.AddEarlier(before)
		wait := lakeBackoff.Wait(failures)
		mayEnd := store.IsTransient(err) || errors.As(err, new(*child.Crash))
		if !mayEnd || ctx.Err() != nil || time.Since(started)+wait > maxLakeRetries {
			return summary, err
		}
		p.Log.Warn("the load is repeated", "error", err, "in", wait)
		before = summary
		select {
		case <-time.After(wait/2 + rand.N(wait)): // so that loaders that were in each other's way do not meet again
		case <-ctx.Done():
			return summary, err
		}
	}
}

// loadLake loads what is new into the lake, in this process.
func (p *Pipeline) loadLake(ctx context.Context, path string, retryRejects bool, progress store.Progress) (store.Summary, error) {
	summary, err := p.repeat(ctx, func() (store.Summary, error) { return p.load(ctx, path, retryRejects, progress) })
	if err != nil {
		return summary, err
	}
	// The file tells the page and the metrics of this machine when it last loaded.
	now := p.Now()
	return summary, os.Chtimes(path, now, now)
}

// loadProgress is what the process of a load sends the one that shows its progress.
type loadProgress struct{ Done, Total, Lines int64 }

// SendProgress sends the progress of a load to the process that has started this one.
func (p *Pipeline) SendProgress(done, total, lines int64) {
	_ = p.Parent.Send(loadProgress{done, total, lines}) // it is only shown
}

// loadLakeInChild loads what is new into the lake, in a child process: DuckDB 1.5 aborts at times when PostgreSQL goes away.
func (p *Pipeline) loadLakeInChild(ctx context.Context, retryRejects bool, progress store.Progress) (store.Summary, error) {
	command := child.Command{Receive: func(text json.RawMessage) {
		var at loadProgress
		if progress != nil && json.Unmarshal(text, &at) == nil {
			progress(at.Done, at.Total, at.Lines)
		}
	}}
	if retryRejects {
		command.Args = []string{"--retry-rejects"}
	}
	return p.repeat(ctx, func() (store.Summary, error) {
		summary, err := p.loadInChild(ctx, command)
		if exitcode.Of(err) == exitcode.Warnings {
			err = nil // the summary has them
		}
		return summary, err
	})
}

// errLakeKeeps is why lines stay in a lake.
var errLakeKeeps = errors.New("a lake cannot be rebuilt from the spool of one machine")

// RefuseLake returns an error if the configuration has a lake, with which an action does not work.
func (p *Pipeline) RefuseLake(action string) error {
	if !p.Config.Store.Lake.Enabled() {
		return nil
	}
	return exitcode.UsageError(fmt.Errorf("%s does not work with a lake: %w", action, errLakeKeeps))
}
