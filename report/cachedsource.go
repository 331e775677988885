package report

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// A CachedSource keeps the result of each query and its arguments in memory and repeats it. It is for building many workbooks from
// little data that does not change.
type CachedSource struct {
	source  Source
	mutex   sync.Mutex
	results map[string]*cachedResult
}

type cachedResult struct {
	columns []string
	rows    [][]any
}

// NewCachedSource returns a source that caches the results of another.
func NewCachedSource(source Source) *CachedSource {
	return &CachedSource{source: source, results: map[string]*cachedResult{}}
}

func (s *CachedSource) Query(ctx context.Context, name string, args map[string]any,
	header func([]string) error, row func([]any) error) error {
	return s.replay(ctx, "query", s.source.Query, name, args, header, row)
}

func (s *CachedSource) Stream(ctx context.Context, name string, args map[string]any,
	header func([]string) error, row func([]any) error) error {
	return s.replay(ctx, "stream", s.source.Stream, name, args, header, row)
}

// A queryFunc is a method of a Source.
type queryFunc func(ctx context.Context, name string, args map[string]any, header func([]string) error, row func([]any) error) error

// replay passes on the result of a query; method names query, whose results may differ from the other's.
func (s *CachedSource) replay(ctx context.Context, method string, query queryFunc, name string, args map[string]any,
	header func([]string) error, row func([]any) error) error {
	key := fmt.Sprintf("%s %s %#v", method, name, args)
	s.mutex.Lock()
	result := s.results[key]
	s.mutex.Unlock()
	if result == nil {
		result = &cachedResult{}
		err := query(ctx, name, args,
			func(names []string) error { result.columns = slices.Clone(names); return nil },
			func(values []any) error { result.rows = append(result.rows, cloneValues(values)); return nil })
		if err != nil {
			return err
		}
		s.mutex.Lock()
		s.results[key] = result
		s.mutex.Unlock()
	}
	if err := header(slices.Clone(result.columns)); err != nil {
		return err
	}
	for _, values := range result.rows {
		if err := row(cloneValues(values)); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// cloneValues copies lists as well, since a report changes values in place.
func cloneValues(values []any) []any {
	values = slices.Clone(values)
	for i, value := range values {
		if list, ok := value.([]any); ok {
			values[i] = cloneValues(list)
		}
	}
	return values
}
