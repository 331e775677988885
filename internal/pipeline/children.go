package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
)

const stepLoading = "loading" // the name of the step

const (
	childGrace = 7 * time.Second // for a child to stop, so that serve stops within 10 s
	stepGrace  = 3 * time.Second // beyond the time limit of a step before its process is killed; the process itself reports the limit better
)

// runMessage is what the process of a scheduled run sends the scheduler.
type runMessage struct {
	Step string    `json:"step,omitempty"` // the step in DuckDB that begins; empty when it has ended
	Runs []job.Run `json:"runs,omitempty"` // the outcome of the run
}

// RunScheduled runs a due entry in this process, which the scheduler has started for it. The scheduler handles alerts, metrics and
// the heartbeat.
func (p *Pipeline) RunScheduled(ctx context.Context, runner *job.Runner, entry job.Entry, due time.Time) error {
	runner.OnFinished = func(ctx context.Context, entry job.Entry, runs []job.Run) {
		if err := p.Parent.Send(runMessage{Runs: runs}); err != nil {
			p.Log.Error("the outcome of the run could not be sent to the scheduler", "report", entry.Report, "error", err)
		}
		p.publishRuns(ctx, entry)
	}
	runs, err := runner.Run(ctx, entry, due, job.RunOptions{})
	if err != nil {
		return err
	}
	return p.Parent.Send(runMessage{Runs: runs}) // OnFinished is not called for a run that was delivered before
}

// UseChildren makes a runner attempt its runs in child processes, which alone open the database. onCrash is called for each child
// that crashes or is killed at a limit.
func (p *Pipeline) UseChildren(runner *job.Runner, onCrash func()) {
	runner.DataTime = p.childDataTime
	runner.Attempt = func(ctx context.Context, entry job.Entry, due time.Time, _ job.RunOptions) ([]job.Run, error) {
		// The process goes on to publish the ledger, which can take long: whoever waits for the outcome is told before.
		onOutcome := func(runs []job.Run) { runner.OnFinished(context.WithoutCancel(ctx), entry, runs) }
		runs, err := p.attempt(ctx, entry, due, onOutcome, onCrash)
		if errors.As(err, new(childError)) && entry.RetryFor > 0 && ctx.Err() == nil {
			runs, err = p.attempt(ctx, entry, due, onOutcome, onCrash) // at once: most crashes do not repeat
		}
		if err != nil && ctx.Err() != nil {
			return runs, job.ErrStopped
		}
		if errors.As(err, new(childError)) {
			return runner.Fail(ctx, entry, due, err)
		}
		return runs, err
	}
}

// attempt makes one attempt of a run in a child process. onOutcome is called with the rows of a run that reached a terminal state.
func (p *Pipeline) attempt(ctx context.Context, entry job.Entry, due time.Time, onOutcome func([]job.Run), onCrash func()) ([]job.Run, error) {
	runs, err := p.runInChild(ctx, entry, due, onOutcome)
	if errors.As(err, new(childError)) && ctx.Err() == nil {
		onCrash()
		p.Log.Error("process of a report failed", "report", entry.Report, "due", due, "error", err)
	}
	if len(runs) > 0 { // the process failed after the end of the run
		return runs, nil
	}
	if err == nil {
		err = errors.New("the process of the report ended without reporting an outcome")
	}
	return nil, err
}

// RunMemory is the memory limit of a run's process: DuckDB's for a load or a query, and as much again for everything else.
func (p *Pipeline) RunMemory() int64 {
	load, _ := config.ParseMemory(p.Config.Store.MemoryLimit) // validated
	query, _ := config.ParseMemory(ReaderMemory)
	return 2 * max(load, query)
}

// runInChild runs a due entry in a child process. It returns both the runs and an error if the process fails after the end of the
// run.
func (p *Pipeline) runInChild(ctx context.Context, entry job.Entry, due time.Time, onOutcome func([]job.Run)) (runs []job.Run, err error) {
	var told sync.WaitGroup
	defer told.Wait()
	limited, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	activity, loading := "running", []spoolState(nil)
	timer := time.NewTimer(0)
	command := child.Command{
		Args:   []string{"run", entry.Report, "--scheduled", "--for", due.Format(time.RFC3339Nano)},
		Memory: p.RunMemory(), Group: true,
		Receive: func(text json.RawMessage) {
			var message runMessage
			if json.Unmarshal(text, &message) != nil {
				return
			}
			if message.Runs != nil {
				if runs == nil && message.Runs[0].State != job.Retrying {
					told.Go(func() { onOutcome(message.Runs) })
				}
				runs = message.Runs
			}
			timer.Stop()
			if step := message.Step; step != "" {
				if state, ok := p.spoolState(); ok && step == stepLoading && loading == nil {
					loading = append(loading, state)
				}
				activity = step
				timer = time.AfterFunc(p.Config.Store.TimeLimit+stepGrace, func() { cancel(p.timeoutError(step)) })
			}
		},
	}
	err = p.RunChild(limited, command)
	timer.Stop()
	if len(loading) > 0 && len(runs) > 0 && runs[0].Succeeded() {
		p.Loads.note(loading[0])
	}
	switch crash := new(child.Crash); {
	case limited.Err() != nil && ctx.Err() == nil:
		err = childError{context.Cause(limited)}
	case errors.Is(err, child.ErrMemory):
		err = childError{fmt.Errorf("%s needed more than %s MB of memory and was stopped", activity, display.Count(p.RunMemory()/1e6))}
	case errors.As(err, &crash):
		err = childError{fmt.Errorf("its process %w while %s", crash, activity)}
	}
	return runs, err
}

// childError is the error of a child process that crashed or was killed at a limit.
type childError struct{ error }

func (e childError) Unwrap() error { return e.error }

// RunChild runs a command of this program in a child process, with the same configuration, which the file may not have any more, and
// the same log. A command that fails is an exitcode.Error.
func (p *Pipeline) RunChild(ctx context.Context, command child.Command) error {
	var running bytes.Buffer
	if err := p.Config.WriteRunning(&running); err != nil {
		return err
	}
	command.Args = append([]string{"--config", p.ConfigPath, "--running-config"}, command.Args...)
	command.Stdin, command.Stderr, command.Grace = &running, p.Stderr, childGrace
	outcome, err := command.Run(ctx)
	if err == nil && outcome.Code != exitcode.Done {
		err = exitcode.Error{Code: outcome.Code, Err: errors.New(outcome.Error)}
	}
	return err
}

// step runs a step in DuckDB within the time limit. It reports the step to a watching parent, which can kill this process where
// DuckDB ignores interrupts.
func (p *Pipeline) step(ctx context.Context, name string, do func(ctx context.Context) error) error {
	if err := p.Parent.Send(runMessage{Step: name}); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, p.Config.Store.TimeLimit)
	defer cancel()
	err := do(limited)
	if err != nil && limited.Err() != nil && ctx.Err() == nil {
		err = p.timeoutError(name)
	}
	return errors.Join(err, p.Parent.Send(runMessage{}))
}

func (p *Pipeline) timeoutError(step string) error {
	return fmt.Errorf("%s took longer than %s and was stopped\nhint: raise store.time_limit", step, p.Config.Store.TimeLimit)
}
