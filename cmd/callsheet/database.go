package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/pipeline"
	"callsheet/store"
)

// registerDatabase adds --db.
func registerDatabase(command *cobra.Command, path *string) {
	command.Flags().StringVar(path, "db", "", "published file to read, instead of the one of the configuration, which is then not read")
}

// openForReading returns the pipeline on the published data of the configuration or, with a path, on that file alone.
func (a *app) openForReading(ctx context.Context, path string) (*pipeline.Pipeline, error) {
	if path == "" {
		p, err := a.open()
		if errors.Is(err, fs.ErrPermission) {
			err = exitcode.UsageError(fmt.Errorf("%w\nhint: --db FILE reads the published file without the configuration: its path is data_dir/published/calls.duckdb", err))
		}
		return p, err
	}
	zone, err := store.ReportZone(ctx, path)
	if err != nil {
		return nil, err
	}
	scratch, err := os.UserCacheDir()
	if err != nil { // no home
		scratch = os.TempDir()
	}
	return a.pipeline(config.ForDatabase(path, zone, filepath.Join(scratch, "callsheet-"+strconv.Itoa(os.Getuid())))), nil
}
