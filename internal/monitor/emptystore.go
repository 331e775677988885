package monitor

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"callsheet/internal/pipeline"
	"callsheet/report"
	"callsheet/store"
)

// emptyStore is a database without calls in a temporary folder: a query that runs on it runs on the real one.
type emptyStore struct {
	*store.Reader
	cached   *report.CachedSource // reports share many queries
	dir      string
	unusable map[string]error // user queries, as of store.Store.UnusableQueries
}

func openEmptyStore(ctx context.Context, p *pipeline.Pipeline) (empty emptyStore, err error) {
	if empty.dir, err = os.MkdirTemp("", "callsheet-check-"); err != nil {
		return empty, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(empty.dir)
		}
	}()
	options := p.StoreOptions(filepath.Join(empty.dir, "empty.duckdb"))
	options.TempDir = empty.dir
	db, err := store.Open(ctx, options)
	if err != nil {
		return empty, err
	}
	empty.unusable = db.UnusableQueries()
	if err := db.Close(); err != nil {
		return empty, err
	}
	empty.Reader, err = store.OpenReader(ctx, options)
	empty.cached = report.NewCachedSource(empty.Reader)
	return empty, err
}

func (e emptyStore) close() error { return errors.Join(e.Close(), os.RemoveAll(e.dir)) }
