package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/notify"
	"callsheet/internal/period"
	"callsheet/internal/spool"
	"callsheet/queries"
	"callsheet/report"
	"callsheet/store"
)

// finding is one thing that check looked at.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Note string `json:"note,omitempty"`
	look bool   // of the data and not of the configuration
}

func checkCommand(a *app) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration, templates, queries and folders",
		Long: `check looks at everything that can go wrong before it does: the configuration, the tokens, the folders, every named
query, every report's template and the published data. It changes nothing.`,
		Example: `  callsheet check
  callsheet check --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			findings := a.check(c.Context(), cfg)
			if asJSON {
				err = json.NewEncoder(a.stdout).Encode(findings)
			} else {
				for _, f := range findings {
					mark := "ok     "
					if !f.OK {
						mark = "PROBLEM"
					}
					fmt.Fprintf(a.stdout, "%s  %s\n", mark, display.EscapeLines(f.What+prefixed(": ", f.Note)))
				}
			}
			problems, looks := 0, 0
			for _, f := range findings {
				if !f.OK {
					problems++
				}
				if !f.OK && f.look {
					looks++
				}
			}
			if problems > 0 {
				found := errors.Join(err, fmt.Errorf("%d of %d checks found a problem", problems, len(findings)))
				if problems == looks {
					return needsALook(found)
				}
				return found
			}
			return err
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return command
}

func prefixed(prefix, text string) string {
	if text == "" {
		return ""
	}
	return prefix + text
}

// check looks at one thing after the other; the order is that in which they are mended.
func (a *app) check(ctx context.Context, c *config.Config) []finding {
	var findings []finding
	add := func(what string, err error) {
		f := finding{What: what, OK: err == nil}
		if err != nil {
			f.Note = err.Error()
		}
		findings = append(findings, f)
	}
	add("configuration "+a.configPath, nil)
	if len(c.Collector.Sources) > 0 {
		_, err := collectorOptions(c)
		add("collector sources and tokens", err)
	}
	add("data folder "+c.Path(c.DataDir), writable(c.Path(c.DataDir)))
	own, err := queries.User(ownQueries(c))
	if len(own) > 0 || err != nil {
		add("own queries "+ownQueries(c), err)
	}
	empty, err := a.openEmpty(ctx, c)
	if err != nil {
		add("queries", err)
		return findings
	}
	defer empty.close()
	for _, report := range c.Reports {
		add("report "+report.Name, a.checkReport(ctx, c, own, empty, report.Name))
		entry, err := a.entry(c, report)
		if err != nil {
			add("report "+report.Name+", deliver", err)
		}
		for _, delivery := range report.Deliver {
			if delivery.Mail != nil && delivery.Mail.RecipientsQuery != "" {
				_, err := queryRecipients(ctx, empty.Reader, c.Path(delivery.Mail.RecipientsQuery))
				add("report "+report.Name+", recipients", err)
			}
		}
		for _, channel := range entry.Channels {
			if folder, ok := channel.(notify.Folder); ok {
				add("report "+report.Name+", folder "+folder.Dir, writable(folder.Dir))
			}
		}
	}
	for _, name := range templateNames(c) {
		if !slices.ContainsFunc(c.Reports, func(r config.Report) bool { return r.Name == name }) {
			add("template "+name, a.checkReport(ctx, c, own, empty, name))
		}
	}
	a.checkQueries(ctx, c, own, empty, add)
	if _, err := os.Lstat(published(c)); err == nil {
		add("published data "+published(c), a.checkPublished(ctx, c))
		add("spool files "+spoolDir(c), a.checkSpoolFiles(ctx, c))
		findings[len(findings)-1].look = true
	}
	return findings
}

// emptyStore is a database without calls, in a folder of its own: what can be asked of it can be asked of the real one.
type emptyStore struct {
	*store.Reader
	dir      string
	troubles []string // that its macros had
}

func (a *app) openEmpty(ctx context.Context, c *config.Config) (empty emptyStore, err error) {
	if empty.dir, err = os.MkdirTemp("", "callsheet-check-"); err != nil {
		return empty, err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(empty.dir)
		}
	}()
	options := a.storeOptions(c, filepath.Join(empty.dir, "empty.duckdb"))
	options.TempDir = empty.dir
	db, err := store.Open(ctx, options)
	if err != nil {
		return empty, err
	}
	empty.troubles = db.Warnings()
	if err := db.Close(); err != nil {
		return empty, err
	}
	empty.Reader, err = store.OpenReader(ctx, options)
	return empty, err
}

func (e emptyStore) close() error { return errors.Join(e.Close(), os.RemoveAll(e.dir)) }

// checkReport builds a report's workbook from nothing, so that every query is asked and every column looked for.
func (a *app) checkReport(ctx context.Context, c *config.Config, own []queries.File, empty emptyStore, name string) error {
	definition, entry, err := a.definition(c, name)
	if err != nil {
		return err
	}
	for _, query := range definition.Queries() {
		if _, err := queries.Named(own, query); err != nil {
			return err
		}
	}
	days, err := period.Parse(entry.Period, a.now().In(c.Zone()))
	if err != nil {
		return err
	}
	if _, err := shouldRun(ctx, empty.Reader, entry, days); err != nil {
		return err
	}
	_, err = definition.Build(ctx, empty, report.Request{Period: days, Zone: c.Zone(), Filters: entry.Filters},
		filepath.Join(empty.dir, "check.xlsx"))
	return err
}

// checkQueries runs every named query on an empty database: ours as one finding, each of the user's own as another.
func (a *app) checkQueries(ctx context.Context, c *config.Config, own []queries.File, empty emptyStore, add func(what string, err error)) {
	today, err := period.Parse("today", a.now().In(c.Zone()))
	errs := []error{err}
	for _, query := range queries.All(own) {
		err := empty.Query(ctx, query.Name, queryArguments(today), ignoreHeader, ignoreRow)
		if query.Path != "" {
			add("query "+query.Name, err)
			continue
		}
		errs = append(errs, err)
	}
	add("queries", errors.Join(errs...))
	for _, trouble := range empty.troubles {
		add("macro", errors.New(trouble))
	}
}

// checkCopy compares the published copy with its checksum.
func (a *app) checkCopy(c *config.Config) error {
	if !c.Store.Publish {
		return nil
	}
	return store.CheckPublished(published(c))
}

func (a *app) checkPublished(ctx context.Context, c *config.Config) error {
	if err := a.checkCopy(c); err != nil {
		return err
	}
	reader, err := a.reader(ctx, c, time.Time{}, readerMemory, 1)
	if err != nil {
		return err
	}
	defer reader.Close()
	return reader.Query(ctx, "settings", nil, ignoreHeader, ignoreRow)
}

// checkSpoolFiles looks for files that are gone, changed or could not be read.
func (a *app) checkSpoolFiles(ctx context.Context, c *config.Config) error {
	if a.checkCopy(c) != nil {
		return nil // which is another finding
	}
	files, err := spool.List(spoolDir(c))
	if err != nil {
		return err
	}
	reader, err := a.reader(ctx, c, time.Time{}, readerMemory, 1)
	if err != nil {
		return nil // which is another finding
	}
	defer reader.Close()
	problems, err := reader.Problems(ctx, files)
	if err != nil || len(problems) == 0 {
		return err
	}
	return errors.New(strings.Join(problems, "\n"))
}

func ignoreHeader([]string) error { return nil }
func ignoreRow([]any) error       { return nil }

// writable tries to write into a folder, or where it would be made.
func writable(dir string) error {
	for {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s is not a folder", dir)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			return err
		}
		dir = filepath.Dir(dir)
	}
	file, err := os.CreateTemp(dir, ".check-*")
	if err != nil {
		return fmt.Errorf("cannot be written to: %w", err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
