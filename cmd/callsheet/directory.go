package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/pipeline"
	"callsheet/internal/shell"
	"callsheet/internal/spool"
	"callsheet/internal/suggest"
)

func directoryCommand(a *app) *cobra.Command {
	var format string
	var asJSON bool
	command := &cobra.Command{
		Use:   "directory",
		Short: "List agents, groups and numbers with where each comes from",
		Long: `directory lists the agents, groups and virtual numbers that calls are named by, also earlier ones: where each comes from, in
which days it is valid, and whether it is used. It is the named query directory.

The origin is config (business.agents and business.number_groups), vendor:SOURCE (the directory of the source's vendor, as fetched with
directory sync and by each reconcile) or calls:SOURCE (learned from reports of calls; listed if neither of the others has it). What the report of a
call says comes first, then the configuration, then the vendor.

The state is
  used            calls without a name or group of their own get this one
  config wins     the configuration has another name or group for the number
  several names   the vendor lists several agents for the phone, so it names none
  several groups  the vendor lists several groups for the number, so it has none
  no number       it has no number, or one that is masked; no name, no group: it has none
  reported        reports of calls have it
  past            it was valid until valid_to`,
		Example: `  callsheet directory
  callsheet directory sync
  callsheet directory --format csv >directory.csv
  callsheet directory --json | jq '.[] | select(.state == "several names")'`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if asJSON {
				format = "json"
			}
			out, err := shell.NewWriter(a.stdout, a.stderr, format)
			if err != nil {
				return exitcode.UsageError(err)
			}
			p, err := a.open()
			if err != nil {
				return err
			}
			return a.runQuery(c.Context(), p, queryRequest{name: "directory"}, "", out)
		},
	}
	command.Flags().StringVar(&format, "format", "", shell.FormatHelp)
	command.Flags().BoolVar(&asJSON, "json", false, "print the entries as JSON; --format json")
	command.MarkFlagsMutuallyExclusive("json", "format")
	command.AddCommand(directorySyncCommand(a))
	return command
}

func directorySyncCommand(a *app) *cobra.Command {
	var source string
	var acceptEmpty, asJSON bool
	command := &cobra.Command{
		Use:   "sync",
		Short: "Fetch the directories of agents, groups and numbers from the vendors",
		Long: `sync fetches the agents, groups and virtual numbers of each source with vendor_api from the vendor, and loads what has changed. The
history is kept: a phone that changes hands names the calls of earlier days after the earlier agent. What the first sync finds is valid
from the beginning.

If a request fails, nothing of the source is changed. A vendor that suddenly lists no agents, no groups or no numbers is refused,
unless --accept-empty is given.`,
		Example: `  callsheet directory sync
  callsheet directory sync --source main`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			sources, err := vendorSources(p.Config, source)
			if err != nil {
				return exitcode.UsageError(err)
			}
			synced := []pipeline.DirectorySync{}
			var errs []error
			for _, source := range sources {
				api, err := p.VendorAPI(source)
				var result pipeline.DirectorySync
				if err == nil {
					result, err = p.SyncDirectory(c.Context(), api, source.Name, acceptEmpty)
				}
				if err != nil {
					errs = append(errs, fmt.Errorf("directory of %s: %w", source.Name, err))
					continue
				}
				synced = append(synced, result)
			}
			if asJSON {
				err = json.NewEncoder(a.stdout).Encode(struct {
					Sources []pipeline.DirectorySync `json:"sources"`
				}{synced})
			} else {
				err = printSynced(display.EscapingWriter{W: a.stdout}, synced)
			}
			errs = append(errs, err)
			if len(synced) == 0 {
				return errors.Join(errs...)
			}
			bar := display.NewProgress(a.stderr, "loading", a.now)
			summary, err := p.Refresh(c.Context(), false, bar.Lines)
			bar.Finish()
			if err = errors.Join(append(errs, err)...); err != nil {
				return err
			}
			return loadWarnings(summary)
		},
	}
	command.Flags().StringVar(&source, "source", "", "only the vendor of this source; default all sources with vendor_api")
	command.Flags().BoolVar(&acceptEmpty, "accept-empty", false, "accept that the vendor lists no agents, no groups or no numbers any more")
	command.Flags().BoolVar(&asJSON, "json", false, "print what was found as JSON")
	return command
}

// vendorSources returns the sources with vendor_api, or the one of a name if it is not empty.
func vendorSources(c *config.Config, name string) (sources []config.Source, err error) {
	var names []string
	for _, source := range c.Collector.Sources {
		if source.VendorAPI != nil {
			names = append(names, source.Name)
			if name == "" || name == source.Name {
				sources = append(sources, source)
			}
		}
	}
	_, isKnown := c.Source(name)
	switch {
	case len(sources) > 0:
		return sources, nil
	case isKnown || len(names) == 0:
		return nil, fmt.Errorf("no vendor_api is configured%s\nhint: config.example.yaml shows it under collector.sources", ofSource(name))
	}
	return nil, fmt.Errorf("no source %s is configured%s", name, suggest.Hint(name, names, "those with vendor_api are"))
}

func ofSource(name string) string {
	if name == "" {
		return ""
	}
	return " for source " + name
}

func printSynced(w io.Writer, synced []pipeline.DirectorySync) error {
	var errs []error
	printf := func(format string, args ...any) {
		_, err := fmt.Fprintf(w, format, args...)
		errs = append(errs, err)
	}
	for _, s := range synced {
		printf("%s: %s, %s, %s; %s new, %s gone\n", s.Source, display.Plural(s.Agents, "agent"), display.Plural(s.Groups, "group"),
			display.Plural(s.Numbers, "number"), display.Count(int64(len(s.Added))), display.Count(int64(len(s.Gone))))
		const listed = 10
		for _, change := range []struct {
			what    string
			entries []spool.DirectoryEntry
		}{{"new", s.Added}, {"gone", s.Gone}} {
			for _, entry := range change.entries[:min(listed, len(change.entries))] {
				printf("  %s: %s\n", change.what, describeEntry(entry))
			}
			if more := len(change.entries) - listed; more > 0 {
				printf("  and %s more: callsheet directory\n", display.Count(int64(more)))
			}
		}
	}
	return errors.Join(errs...)
}

func describeEntry(e spool.DirectoryEntry) string {
	text := e.Kind
	for _, value := range []string{e.Name, e.Number} {
		if value != "" {
			text += " " + value
		}
	}
	return text
}
