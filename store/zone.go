package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

const publishedHint = "hint: the file is data_dir/published/calls.duckdb, or a copy of it"

// ReportZone returns the time zone of days and hours in a published file.
func ReportZone(ctx context.Context, path string) (zone string, err error) {
	r, err := OpenReader(ctx, Options{Path: path, Settings: Settings{Timezone: "UTC"}, Immutable: true})
	if file, _ := filepath.EvalSymlinks(path); isDamage(err) && !exists(sumPath(file)) {
		return "", fmt.Errorf("%s is damaged, or no database\n%s", path, publishedHint)
	}
	if err != nil {
		return "", err
	}
	// Not the query settings, which files of earlier versions lack columns for.
	err = r.SQL(ctx, "select timezone from settings", func([]string) error { return nil }, func(values []any) error {
		zone, _ = values[0].(string)
		return nil
	})
	if IsStatementError(err) {
		err = fmt.Errorf("%s is no database of this version of callsheet\n%s", path, publishedHint)
	}
	return zone, errors.Join(err, r.Close())
}
