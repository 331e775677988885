package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/period"
	"callsheet/store"
)

// ReaderMemory is the memory of a query before it spills to disk.
const ReaderMemory = "2GB"

// ReaderOptions are the options of a reader. The zero value reads the present, one query at a time within ReaderMemory.
type ReaderOptions struct {
	AsOf        time.Time // the data as it was known then; the zero time is now
	Memory      string
	Connections int
}

// OpenReader opens the published database or the lake.
func (p *Pipeline) OpenReader(ctx context.Context, o ReaderOptions) (*store.Reader, error) {
	if p.NoDatabase {
		return nil, errNoDatabase
	}
	options, err := p.storeOptions(p.Config.ReadDatabase())
	if err != nil {
		return nil, err
	}
	options.MemoryLimit = ReaderMemory // that of the configuration is for loads
	if o.Memory != "" {
		options.MemoryLimit = o.Memory
	}
	options.Connections = max(o.Connections, 1)
	options.Immutable = p.Config.Publishes()
	reader, err := store.OpenReader(ctx, options)
	if err != nil || o.AsOf.IsZero() {
		return reader, err
	}
	if err := reader.AsOf(ctx, o.AsOf); err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	return reader, nil
}

// PublishPeriod writes a database file with the calls of a period; see store.WritePeriod.
func (p *Pipeline) PublishPeriod(ctx context.Context, path string, days period.Period) (store.Copied, error) {
	options, err := p.storeOptions(p.Config.ReadDatabase())
	if err != nil {
		return store.Copied{}, err
	}
	options.Immutable = p.Config.Publishes()
	return store.WritePeriod(ctx, options, path, days.From, days.To)
}

// OpenPreview opens a preview of an import beside the data.
func (p *Pipeline) OpenPreview(ctx context.Context) (*store.Preview, error) {
	options, err := p.storeOptions(p.Config.ReadDatabase())
	if err != nil {
		return nil, err
	}
	options.Immutable = p.Config.Publishes()
	return store.OpenPreview(ctx, options)
}

// HasData reports whether there is something to read: a database that a load has published, or a lake.
func (p *Pipeline) HasData() bool {
	_, err := os.Stat(p.Config.ReadDatabase())
	return p.Config.Store.Lake.Enabled() || !errors.Is(err, fs.ErrNotExist)
}

// withReader opens the published database for a few queries, as a step of a run.
func (p *Pipeline) withReader(ctx context.Context, do func(ctx context.Context, reader *store.Reader) error) error {
	return p.step(ctx, "querying", func(ctx context.Context) error {
		reader, err := p.OpenReader(ctx, ReaderOptions{})
		if err != nil {
			return err
		}
		defer reader.Close()
		return do(ctx, reader)
	})
}

// fileProblems describes the spool files from which calls may be missing.
func (p *Pipeline) fileProblems(ctx context.Context) (problems []string, err error) {
	err = p.withReader(ctx, func(ctx context.Context, reader *store.Reader) error {
		return reader.Query(ctx, "problems", nil, ignoreHeader, func(values []any) error {
			problems = append(problems, fmt.Sprint(values[1]))
			return nil
		})
	})
	return display.GroupFiles(problems), err
}

func ignoreHeader([]string) error { return nil }

// QueryArguments returns the arguments of a named query: the days of a period, and filters.
func QueryArguments(span period.Period, filters map[string]string) map[string]any {
	arguments := map[string]any{
		"from": span.From.Format(time.DateOnly), "to": span.To.Format(time.DateOnly),
	}
	for key, value := range filters {
		arguments[key] = value
	}
	return arguments
}
