package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/display"
	"callsheet/internal/monitor"
	"callsheet/internal/pipeline"
)

// checkTimeout is far above what a single check needs.
const checkTimeout = time.Minute

// checkInChild checks in a child process, since DuckDB cannot interrupt every statement that a user writes. A check that does not end, or
// needs too much memory, is a problem, and the last finding.
func (a *app) checkInChild(ctx context.Context, p *pipeline.Pipeline) ([]monitor.Finding, error) {
	limited, stop := context.WithCancel(ctx)
	defer stop()
	timer := time.AfterFunc(checkTimeout, stop)
	defer timer.Stop()
	var findings []monitor.Finding
	running := "check"
	outcome, err := child.Command{
		Args: a.args, Stderr: a.stderr, Memory: p.RunMemory(), Grace: time.Second,
		Receive: func(message json.RawMessage) {
			var done monitor.Progress
			if json.Unmarshal(message, &done) != nil {
				return
			}
			timer.Reset(checkTimeout)
			if done.Finding == nil {
				running = done.Begun
				return
			}
			done.Finding.IsWarning = done.IsWarning
			findings = append(findings, *done.Finding)
			running = "what follows " + done.Finding.What
		},
	}.Run(limited)
	const rest = "; the checks after it were not made\nhint: look for SQL that never ends"
	var problem string
	switch crash := new(child.Crash); {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case limited.Err() != nil:
		problem = fmt.Sprintf("it took longer than %s and was stopped%s", checkTimeout, rest)
	case errors.Is(err, child.ErrMemory):
		problem = fmt.Sprintf("it needed more than %s MB of memory and was stopped%s", display.Count(p.RunMemory()/1e6), rest)
	case errors.As(err, &crash):
		problem = fmt.Sprintf("DuckDB crashed (%s)%s", crash.Detail, rest)
	case err != nil:
		return nil, err
	case outcome.Error != "":
		return nil, errors.New(outcome.Error)
	}
	if problem != "" {
		findings = append(findings, monitor.Finding{What: running, Note: problem})
	}
	return findings, nil
}
