package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
)

// runMessage is what the process of a scheduled run tells the scheduler.
type runMessage struct {
	Step string    `json:"step,omitempty"` // what it does in DuckDB from now on; empty is nothing
	Runs []job.Run `json:"runs,omitempty"` // how the run ended
}

// runScheduled runs a due entry in a process of its own. Alerts, metrics and the heartbeat are the scheduler's.
func (a *app) runScheduled(ctx context.Context, c *config.Config, runner *job.Runner, entry job.Entry, due time.Time) error {
	runner.OnFinished = func(ctx context.Context, entry job.Entry, runs []job.Run) {
		if err := a.parent.Send(runMessage{Runs: runs}); err != nil {
			runner.Log.Error("the scheduler could not be told how the run ended", "report", entry.Report, "error", err)
		}
		a.publishRuns(ctx, c, runner.Log, entry)
	}
	runs, err := runner.Run(ctx, entry, due, job.RunOptions{})
	if err != nil {
		return err
	}
	return a.parent.Send(runMessage{Runs: runs}) // a run that everybody has had already does not come to Ended
}

// How long a child may take to stop, so that serve stops within 10 s; and how much longer than the time limit a step may take before
// its process is ended, since that can say better what took too long.
const (
	childGrace = 7 * time.Second
	stepGrace  = 3 * time.Second
)

// scheduler makes a runner attempt its runs in child processes, and leave the database to them.
func (a *app) scheduler(c *config.Config, runner *job.Runner) {
	runner.OnFinished = (&runAlerts{app: a, config: c, log: runner.Log}).finished
	runner.DataTime = func(ctx context.Context) (time.Time, error) { return a.dataTimeChild(ctx, c) }
	runner.Attempt = func(ctx context.Context, entry job.Entry, due time.Time, _ job.RunOptions) ([]job.Run, error) {
		runs, err := a.attempt(ctx, c, runner.Log, entry, due)
		if errors.As(err, new(childError)) && entry.RetryFor > 0 && ctx.Err() == nil {
			runs, err = a.attempt(ctx, c, runner.Log, entry, due) // at once: most crashes are not met again
		}
		if err != nil && ctx.Err() != nil {
			return runs, job.ErrStopped
		}
		if errors.As(err, new(childError)) {
			return runner.Fail(ctx, entry, due, err)
		}
		if err == nil && runs[0].State != job.Retrying {
			runner.OnFinished(context.WithoutCancel(ctx), entry, runs)
		}
		return runs, err
	}
}

// attempt makes one attempt of a run in a child process, and logs and counts when that does not come to an end of its own.
func (a *app) attempt(ctx context.Context, c *config.Config, log *slog.Logger, entry job.Entry, due time.Time) ([]job.Run, error) {
	runs, err := a.runChild(ctx, c, entry, due)
	if errors.As(err, new(childError)) && ctx.Err() == nil {
		a.metrics.childFailed("run")
		log.Error("process of a report failed", "report", entry.Report, "due", due, "error", err)
	}
	if len(runs) > 0 { // it failed only after it had ended the run
		return runs, nil
	}
	if err == nil {
		err = errors.New("the process of the report did not say how it ended")
	}
	return nil, err
}

// runMemory is what the process of a run may take: DuckDB for the load or the queries, and as much again for everything else.
func runMemory(c *config.Config) int64 {
	return 2 * max(memoryBytes(c.Store.MemoryLimit), memoryBytes(readerMemory))
}

// runChild runs a due entry in a child process. Where it ended the run and failed only then, there are both runs and an error.
func (a *app) runChild(ctx context.Context, c *config.Config, entry job.Entry, due time.Time) (runs []job.Run, err error) {
	limited, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	doing := "running"
	overdue := time.NewTimer(0)
	command := child.Command{
		Args:   []string{"run", entry.Report, "--scheduled", "--for", due.Format(time.RFC3339Nano)},
		Memory: runMemory(c), Group: true,
		Receive: func(text json.RawMessage) {
			var message runMessage
			if json.Unmarshal(text, &message) != nil {
				return
			}
			if message.Runs != nil {
				runs = message.Runs
			}
			overdue.Stop()
			if step := message.Step; step != "" {
				doing = step
				overdue = time.AfterFunc(c.Store.TimeLimit+stepGrace, func() { cancel(errTooLong(c, step)) })
			}
		},
	}
	err = a.runCommand(limited, command)
	overdue.Stop()
	switch crash := new(child.Crash); {
	case limited.Err() != nil && ctx.Err() == nil:
		err = childError{context.Cause(limited)}
	case errors.Is(err, child.ErrMemory):
		err = childError{fmt.Errorf("%s needed more than %s MB of memory and was stopped", doing, display.Count(runMemory(c)/1e6))}
	case errors.As(err, &crash):
		err = childError{fmt.Errorf("its process %w while %s", crash, doing)}
	}
	return runs, err
}

// childError is of a child process that did not come to an end of its own.
type childError struct{ error }

func (e childError) Unwrap() error { return e.error }

// runCommand runs a command of this program in a child process, with the same configuration and log.
func (a *app) runCommand(ctx context.Context, command child.Command) error {
	command.Args = append([]string{"--config", a.configPath}, command.Args...)
	command.Stderr, command.Grace = a.stderr, childGrace
	outcome, err := command.Run(ctx)
	if err == nil && outcome.Code != exitcode.Done {
		err = exitcode.Error{Code: outcome.Code, Err: errors.New(outcome.Error)}
	}
	return err
}

// step does something in DuckDB within the time limit. A process that is watched says what it does, so that its parent can end it
// where DuckDB cannot be interrupted.
func (a *app) step(ctx context.Context, c *config.Config, name string, do func(ctx context.Context) error) error {
	if err := a.parent.Send(runMessage{Step: name}); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, c.Store.TimeLimit)
	defer cancel()
	err := do(limited)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		err = errTooLong(c, name)
	}
	return errors.Join(err, a.parent.Send(runMessage{}))
}

func errTooLong(c *config.Config, step string) error {
	return fmt.Errorf("%s took longer than %s and was stopped\nhint: store.time_limit gives it more", step, c.Store.TimeLimit)
}
