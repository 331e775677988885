package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/store"
)

// dataClock is the newest time that the data shows to have passed, and whether anything was received since a moment. What lies in the
// future was received while the clock was ahead and does not count.
func (a *app) dataClock(ctx context.Context, c *config.Config, since time.Time) (newest time.Time, arrived bool, err error) {
	err = a.withReader(ctx, c, func(ctx context.Context, reader *store.Reader) error {
		arguments := map[string]any{"since": since, "now": a.now()}
		return reader.Query(ctx, "data_clock", arguments, ignoreHeader, func(values []any) error {
			newest, _ = values[0].(time.Time)
			arrived, _ = values[1].(bool)
			return nil
		})
	})
	return newest, arrived, err
}

// dataTimeChild loads in a child process, and has another say what time the data shows to have passed.
func (a *app) dataTimeChild(ctx context.Context, c *config.Config) (newest time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, c.Store.TimeLimit)
	defer cancel()
	run := func(stdout io.Writer, args ...string) error {
		err := a.runCommand(ctx, child.Command{Args: args, Stdout: stdout, Memory: runMemory(c), Group: true})
		if err != nil && exitcode.Of(err) != exitcode.Warnings {
			return fmt.Errorf("callsheet %s: %w", args[0], err)
		}
		return nil
	}
	if err := run(io.Discard, "load"); err != nil {
		return newest, err
	}
	var out bytes.Buffer
	now := a.now().Format(time.RFC3339Nano)
	if err := run(&out, "query", "data_clock", "--set", "since="+now, "--set", "now="+now, "--format", "json"); err != nil {
		return newest, err
	}
	var rows []struct {
		DataTime time.Time `json:"data_time"`
	}
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil || len(rows) != 1 {
		return newest, fmt.Errorf("callsheet query data_clock: %q: %w", out.String(), err)
	}
	return rows[0].DataTime, nil
}
