package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"callsheet/config"
	"callsheet/period"
	"callsheet/queries"
	"callsheet/store"
)

// finding is one thing that check looked at.
type finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Note string `json:"note,omitempty"`
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
					fmt.Fprintf(a.stdout, "%s  %s%s\n", mark, f.What, prefixed(": ", f.Note))
				}
			}
			problems := 0
			for _, f := range findings {
				if !f.OK {
					problems++
				}
			}
			if problems > 0 {
				return errors.Join(err, fmt.Errorf("%d of %d checks found a problem", problems, len(findings)))
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
	own, err := queries.Own(ownQueries(c))
	if len(own) > 0 || err != nil {
		add("own queries "+ownQueries(c), err)
	}
	for _, report := range c.Reports {
		definition, _, err := a.definition(c, report.Name)
		if err == nil {
			err = bindAll(own, definition.Queries())
		}
		add("report "+report.Name, err)
		folders, other := deliveries(c, report)
		for _, folder := range folders {
			add("report "+report.Name+", folder "+folder, writable(folder))
		}
		for _, way := range other {
			add("report "+report.Name+", "+way, errors.New("delivery by "+way+" is not available in this version"))
		}
	}
	for _, name := range builtInReports() {
		_, _, err := a.definition(&config.Config{Timezone: c.Timezone}, name)
		add("template "+name, err)
	}
	if err := a.checkQueries(ctx, c, own, add); err != nil {
		add("queries", err)
	}
	if _, err := os.Stat(published(c)); err == nil {
		add("published data "+published(c), a.checkPublished(ctx, c))
	}
	return findings
}

// bindAll finds queries that do not exist.
func bindAll(own []queries.File, names []string) error {
	for _, name := range names {
		if _, err := queries.Named(own, name); err != nil {
			return err
		}
	}
	return nil
}

// checkQueries runs every named query on an empty database: ours as one finding, each of the user's own as another.
func (a *app) checkQueries(ctx context.Context, c *config.Config, own []queries.File, add func(what string, err error)) error {
	dir, err := os.MkdirTemp("", "callsheet-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	options := a.storeOptions(c, filepath.Join(dir, "empty.duckdb"))
	options.TempDir = dir
	db, err := store.Open(ctx, options)
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	reader, err := store.OpenReader(ctx, options)
	if err != nil {
		return err
	}
	defer reader.Close()
	today, err := period.Parse("today", a.now().In(c.Zone()))
	if err != nil {
		return err
	}
	var errs []error
	for _, query := range queries.All(own) {
		err := reader.Query(ctx, query.Name, queryArguments(today), ignoreHeader, ignoreRow)
		if query.Path != "" {
			add("query "+query.Name, err)
			continue
		}
		errs = append(errs, err)
	}
	add("queries", errors.Join(errs...))
	for _, trouble := range db.Troubles() {
		add("macro", errors.New(trouble))
	}
	return nil
}

func (a *app) checkPublished(ctx context.Context, c *config.Config) error {
	reader, err := a.reader(ctx, c, time.Time{}, readerMemory)
	if err != nil {
		return err
	}
	defer reader.Close()
	return reader.Query(ctx, "settings", nil, ignoreHeader, ignoreRow)
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
