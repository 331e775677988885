package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/exitcode"
	"callsheet/store"
)

// dataClock returns the latest time that the data proves to have passed, and whether anything was received since a given time.
// Deliveries from the future were received while the clock was ahead, and do not count.
func (p *Pipeline) dataClock(ctx context.Context, since time.Time) (newest time.Time, arrived bool, err error) {
	err = p.withReader(ctx, func(ctx context.Context, reader *store.Reader) error {
		arguments := map[string]any{"since": since, "now": p.Now()}
		return reader.Query(ctx, "data_clock", arguments, ignoreHeader, func(values []any) error {
			newest, _ = values[0].(time.Time)
			arrived, _ = values[1].(bool)
			return nil
		})
	})
	return newest, arrived, err
}

// dataTime loads new deliveries and returns the latest time that the data proves to have passed.
func (p *Pipeline) dataTime(ctx context.Context) (time.Time, error) {
	if _, err := p.Refresh(ctx, false, nil); err != nil {
		return time.Time{}, err
	}
	newest, _, err := p.dataClock(ctx, p.Now())
	return newest, err
}

// childDataTime is dataTime with the load and the query in child processes.
func (p *Pipeline) childDataTime(ctx context.Context) (newest time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, p.Config.Store.TimeLimit)
	defer cancel()
	if _, err := p.loadInTime(ctx); err != nil && exitcode.Of(err) != exitcode.Warnings {
		return newest, fmt.Errorf("callsheet load: %w", err)
	}
	var out bytes.Buffer
	now := p.Now().Format(time.RFC3339Nano)
	args := []string{"query", "data_clock", "--set", "since=" + now, "--set", "now=" + now, "--format", "json"}
	if err := p.RunChild(ctx, child.Command{Args: args, Stdout: &out, Memory: p.RunMemory(), Group: true}); err != nil {
		return newest, fmt.Errorf("callsheet query data_clock: %w", err)
	}
	return readDataTime(out.Bytes())
}

// readDataTime reads the one row of the query data_clock in JSON.
func readDataTime(answer []byte) (time.Time, error) {
	var rows []struct {
		DataTime time.Time `json:"data_time"`
	}
	if err := json.Unmarshal(answer, &rows); err != nil {
		return time.Time{}, fmt.Errorf("callsheet query data_clock: %q: %w", answer, err)
	}
	if len(rows) != 1 {
		return time.Time{}, fmt.Errorf("callsheet query data_clock: want one row, got %q", answer)
	}
	return rows[0].DataTime, nil
}
