package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/exitcode"
	"callsheet/internal/spool"
	"callsheet/store"
)

// LoadLoop loads and publishes new deliveries at intervals, in child processes.
type LoadLoop struct {
	OnLoaded func(p *Pipeline) // called after each load that succeeded
	OnFailed func(err error)   // called after each load that failed

	mutex   sync.Mutex
	loaded  spoolState // of the last load that read everything, at its start
	warning string     // of the last load, so that each is logged once
}

// spoolState is what a load depends on. Two equal states need one load.
type spoolState struct {
	config string
	files  []spool.File

	unfinished bool // a file is being written: another load is needed, to read the rest or to report it
}

func (s spoolState) equal(other spoolState) bool {
	return s.config == other.config && slices.EqualFunc(s.files, other.files, func(a, b spool.File) bool {
		return a.Path == b.Path && a.Size == b.Size && a.Durable == b.Durable && a.ModTime.Equal(b.ModTime)
	})
}

// spoolState returns the present state; ok is false if it cannot be read.
func (p *Pipeline) spoolState() (state spoolState, ok bool) {
	files, err := spool.List(p.Config.SpoolDir())
	now := p.Now()
	unfinished := slices.ContainsFunc(files, func(file spool.File) bool { return store.IsBeingWritten(file, now) })
	return spoolState{p.Config.Fingerprint(), files, unfinished}, err == nil
}

// Serve loads what is new at once, and then every store.load_every, until ctx ends. Nothing is loaded while nothing is new, unless a file has
// a problem: it can be repaired without any change of its size and time. A pipeline from next, with another configuration, takes over after the
// load in progress; next may be nil.
func (l *LoadLoop) Serve(ctx context.Context, p *Pipeline, next <-chan *Pipeline) {
	for {
		var again <-chan time.Time
		if interval := p.Config.Store.LoadEvery; interval > 0 {
			l.loadNew(ctx, p)
			again = time.After(interval)
		}
		select {
		case <-ctx.Done():
			return
		case p = <-next:
		case <-again:
		}
	}
}

func (l *LoadLoop) loadNew(ctx context.Context, p *Pipeline) {
	state, ok := p.spoolState()
	if ok && p.HasData() && l.has(state) || ctx.Err() != nil {
		return
	}
	began := p.Now()
	summary, err := p.loadInTime(ctx)
	if ctx.Err() != nil {
		return
	}
	warning := ""
	if exitcode.Of(err) == exitcode.Warnings {
		warning, err = err.Error(), nil
	}
	if err != nil {
		p.Log.Error("load failed", "error", err, "next", p.Config.Store.LoadEvery)
		l.OnFailed(err)
		return
	}
	if ok && !summary.Incomplete {
		l.note(state)
	}
	if summary.Lines > 0 {
		p.Log.Info("loaded", "lines", summary.Lines, "calls", summary.Calls, "rejects", summary.Rejects, "took", p.Now().Sub(began).Round(time.Millisecond))
	}
	if !strings.Contains(l.warning, warning) { // which had rejected lines, too, if this load repeats it
		p.Log.Warn("load needs attention", "warnings", warning)
	}
	l.warning = warning
	l.OnLoaded(p)
}

// has reports whether a state is loaded.
func (l *LoadLoop) has(state spoolState) bool {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.loaded.config != "" && l.loaded.equal(state)
}

// note records a state of which everything has been loaded, by this process or a report. Without a loop it does nothing.
func (l *LoadLoop) note(state spoolState) {
	if l == nil || state.unfinished {
		return
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.loaded = state
}

// loadInTime loads and publishes in a child process, within the limits of a load. Warnings are an exitcode.Error.
func (p *Pipeline) loadInTime(ctx context.Context) (summary store.Summary, err error) {
	limited, cancel := context.WithTimeoutCause(ctx, p.Config.Store.TimeLimit, p.timeoutError(stepLoading))
	defer cancel()
	summary, err = p.loadInChild(limited, child.Command{Memory: p.RunMemory()})
	if limited.Err() != nil && ctx.Err() == nil {
		err = childError{context.Cause(limited)}
	}
	return summary, err
}

// loadInChild runs callsheet load with the flags and limits of a command in a child process. Warnings are an exitcode.Error.
func (p *Pipeline) loadInChild(ctx context.Context, command child.Command) (summary store.Summary, err error) {
	var out bytes.Buffer
	command.Args = append([]string{"load", "--json"}, command.Args...)
	command.Stdout, command.Group = &out, true
	err = p.RunChild(ctx, command)
	switch {
	case errors.Is(err, child.ErrMemory), errors.As(err, new(*child.Crash)):
		return summary, childError{fmt.Errorf("the process of the load: %w", err)}
	case err != nil && exitcode.Of(err) != exitcode.Warnings:
		return summary, err
	}
	return summary, errors.Join(err, json.Unmarshal(out.Bytes(), &summary))
}

// IsChildFailure reports whether an error is of a child process that crashed or was killed at a limit.
func IsChildFailure(err error) bool { return errors.As(err, new(childError)) }
