package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/importer"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/store"
)

// importFiles imports files, or shows what would come of them. Each is an import of its own; if one is refused, none is imported.
func (a *app) importFiles(ctx context.Context, p *pipeline.Pipeline, flags importFlags, files []string) error {
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
	raiseGOGC()
	bar := display.NewProgress(a.stderr, "reading the spool", a.now)
	seen := importer.NewSeen()
	settings := p.StoreOptions("").Settings
	err = seen.ReadSpool(ctx, c.SpoolDir(), store.Identifier(settings, c.DefaultSource()), bar.Bytes)
	bar.Finish()
	if err != nil {
		return err
	}
	var imports []*importer.Importer
	var results []importer.Result
	for _, file := range files {
		into, err := spool.NewImport(c.SpoolDir(), now, cmp.Or(reported, now))
		if err != nil {
			return errors.Join(err, abortImports(imports))
		}
		i := &importer.Importer{Into: into, Source: source, Reading: reading, Seen: seen, Identify: store.Identifier(settings, source), AcceptIDs: flags.acceptIDs}
		imports = append(imports, i)
		result, err := a.importFile(ctx, p, i, file)
		if last := i.Record.LastDay; err == nil && !reported.IsZero() && last > reported.In(c.Zone()).Format(time.DateOnly) {
			err = exitcode.UsageError(fmt.Errorf("%s has calls of %s, after --reported-at %s", file, last, flags.reportedAt))
		}
		if err != nil {
			return errors.Join(fmt.Errorf("%w\nnothing was imported", err), abortImports(imports))
		}
		results = append(results, result)
		now = now.Add(time.Millisecond) // of the next file, so that its ids are greater
	}
	if flags.dryRun {
		err = abortImports(imports)
	} else {
		err = commitImports(imports, results)
	}
	if err != nil {
		return err
	}
	return a.printImports(results, flags.dryRun)
}

// importFile reads a file and adds its deliveries to an import.
func (a *app) importFile(ctx context.Context, p *pipeline.Pipeline, i *importer.Importer, file string) (result importer.Result, err error) {
	preview, err := store.OpenPreview(ctx, p.StoreOptions(""), p.Config.PublishedDatabase())
	if err != nil {
		return result, err
	}
	defer preview.Close()
	var bar *display.Progress
	finish := func() {
		if bar != nil {
			bar.Finish()
		}
	}
	defer finish()
	return i.Run(ctx, preview, []string{file}, func(step string) func(done, total int64) {
		finish()
		bar = display.NewProgress(a.stderr, step, a.now)
		return bar.Bytes
	})
}

// commitImports adds the imports to the spool that have anything new.
func commitImports(imports []*importer.Importer, results []importer.Result) error {
	for n, i := range imports {
		var err error
		if importer.Totals(results[n].Files).Imported == 0 {
			err = i.Into.Abort()
		} else if err = i.Into.Commit(i.Record); err == nil {
			results[n].Spooled = i.Into.ID()
		}
		if err != nil {
			return errors.Join(err, abortImports(imports[n+1:]))
		}
	}
	return nil
}

func abortImports(imports []*importer.Importer) error {
	var errs []error
	for _, i := range imports {
		errs = append(errs, i.Into.Abort())
	}
	return errors.Join(errs...)
}
