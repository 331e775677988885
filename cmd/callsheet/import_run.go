package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/garbage"
	"callsheet/internal/importer"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/store"
)

// importFiles imports files, or shows what would come of them. Each is an import of its own; if one is refused or has no room, none is imported.
func (a *app) importFiles(ctx context.Context, p *pipeline.Pipeline, flags importFlags, files []string) (err error) {
	c, now := p.Config, a.now().In(p.Config.Zone())
	source, reading, err := flags.reading(c)
	if err != nil {
		return exitcode.UsageError(err)
	}
	reported, err := parseReportedAt(flags.reportedAt, now)
	if err != nil {
		return exitcode.UsageError(err)
	}
	release, err := p.LockImports(ctx)
	if err != nil {
		return err
	}
	defer release()
	importer.RemoveTemporary(reading.TempDir)
	if err := spool.RemoveUnfinished(c.SpoolDir()); err != nil {
		return err
	}
	garbage.AtLeast(400)
	var imports []*importer.Importer
	defer func() {
		for _, i := range imports {
			err = errors.Join(err, i.Close())
		}
	}()
	for n, file := range files {
		now := now.Add(time.Duration(n) * time.Millisecond) // greater ids for each file
		into, err := spool.NewImport(c.SpoolDir(), now, cmp.Or(reported, now))
		if err != nil {
			return err
		}
		i := &importer.Importer{
			Path: file, Into: into, Source: source, Reading: reading, Identify: store.Identifier(p.StoreOptions("").Settings, source), AcceptIDs: flags.acceptIDs,
		}
		imports = append(imports, i)
		err = a.readImport(ctx, p, i)
		if last := i.Record.LastDay; err == nil && !reported.IsZero() && last > reported.In(c.Zone()).Format(time.DateOnly) {
			err = exitcode.UsageError(fmt.Errorf("%s has calls of %s, after --reported-at %s", file, last, flags.reportedAt))
		}
		if err != nil {
			return nothingImported(err)
		}
	}
	if err := a.addImports(ctx, p, imports); err != nil {
		return nothingImported(err)
	}
	if flags.dryRun {
		return a.printImports(imports, make([]bool, len(imports)), true)
	}
	return a.commitImports(imports)
}

// commitImports adds the imports to the spool and prints their results. If that fails between two of them, it prints those that were added.
func (a *app) commitImports(imports []*importer.Importer) error {
	for _, i := range imports {
		if err := i.Prepare(); err != nil {
			return nothingImported(err)
		}
	}
	added := make([]bool, len(imports))
	for n, i := range imports {
		var err error
		if added[n], err = i.Commit(); err == nil {
			continue
		}
		if !slices.Contains(added, true) {
			return nothingImported(err)
		}
		for done, was := range added {
			if was {
				a.printImport(imports[done], true, false)
			}
		}
		return fmt.Errorf("%s: %w\nthe files above are imported, no other one\nhint: import again: what is in the spool already is skipped", i.Path, err)
	}
	return a.printImports(imports, added, false)
}

// nothingImported adds to an error what it means for the files, and to that of a full disk what to do.
func nothingImported(err error) error {
	if strings.Contains(strings.ToLower(err.Error()), "no space left on device") { // also in the words of DuckDB
		err = fmt.Errorf("%w\nhint: free disk space and import again", err)
	}
	return fmt.Errorf("%w\nnothing was imported", err)
}

// readImport reads a file and validates its deliveries.
func (a *app) readImport(ctx context.Context, p *pipeline.Pipeline, i *importer.Importer) error {
	preview, err := p.OpenPreview(ctx)
	if err != nil {
		return err
	}
	bar := display.NewProgress(a.stderr, "", a.now)
	err = i.Read(ctx, preview, func(step string) func(done, total int64) {
		bar.Next(step)
		return bar.Bytes
	})
	bar.Finish()
	return errors.Join(err, preview.Close())
}

// addImports adds the deliveries that the spool does not have to the imports.
func (a *app) addImports(ctx context.Context, p *pipeline.Pipeline, imports []*importer.Importer) error {
	bar := display.NewProgress(a.stderr, "reading the spool", a.now)
	seen := importer.NewSeen(imports)
	identify := store.Identifier(p.StoreOptions("").Settings, p.Config.DefaultSource())
	err := seen.ReadSpool(ctx, p.Config.SpoolDir(), identify, bar.Bytes)
	bar.Finish()
	if err != nil {
		return err
	}
	for _, i := range imports {
		if err := i.Add(ctx, seen); err != nil {
			return err
		}
	}
	return nil
}
