package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/store"
)

func archiveCommand(a *app) *cobra.Command {
	var before string
	command := &cobra.Command{
		Use:   "archive",
		Short: "Compress finished days of the spool",
		Long: `archive compresses the spool files of finished days to .ndjson.zst, about a tenth of the size. Each archive is synced, read
back and compared with what was loaded before the plain file is removed; if it is killed, nothing is lost and nothing is
loaded twice. It says which files are left as they are and why: a day is compressed once it is over and an hour has passed since the
last write; files that are not named after a day, such as imports, stay. A file with a wrong checksum, or with other lines than were loaded, is kept and named; the exit code is 3.
It can run at the same time as the collector and loads.`,
		Example: `  callsheet archive
  callsheet archive --before 2026-10-01`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			now := a.now().In(p.Config.Zone())
			today := now.Format(time.DateOnly)
			if before == "" {
				before = today
			}
			if _, err := period.ParseDay(before); err != nil {
				return exitcode.UsageError(err)
			}
			release, err := p.LockImports(c.Context())
			if err != nil {
				return err
			}
			defer release()
			loaded, err := readLoaded(c.Context(), p)
			if err != nil {
				return err
			}
			left := map[string][]string{} // names by reason
			archived, skipped, err := spool.Archive(c.Context(), spool.ArchiveOptions{
				Dir: p.Config.SpoolDir(), Before: min(before, today), Now: now, Compare: loaded.Compare,
				Left: func(name, reason string) { left[reason] = append(left[reason], name) },
			})
			var from, to int64
			for _, file := range archived {
				from, to = from+file.Before, to+file.After
			}
			fmt.Fprintf(a.stdout, "%s archived, %s to %s\n", display.Plural(len(archived), "file"), display.Plural(int(from), "byte"), display.Count(to))
			a.printLeft(left)
			if err != nil {
				return err
			}
			return a.reportSkipped(skipped)
		},
	}
	command.Flags().StringVar(&before, "before", "", "only days before this one; default today")
	return command
}

// readLoaded returns what was loaded of the spool, which is nothing before the first load.
func readLoaded(ctx context.Context, p *pipeline.Pipeline) (store.Loaded, error) {
	if !p.HasData() {
		return nil, nil
	}
	reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{})
	if err != nil {
		return nil, err
	}
	loaded, err := reader.Loaded(ctx)
	return loaded, errors.Join(err, reader.Close())
}

// printLeft names the files that archive leaves as they are, by the reason.
func (a *app) printLeft(left map[string][]string) {
	const named = 3
	for _, reason := range slices.Sorted(maps.Keys(left)) {
		names := left[reason]
		text := strings.Join(names[:min(named, len(names))], ", ")
		if more := len(names) - named; more > 0 {
			text += fmt.Sprintf(" and %s more", display.Count(int64(more)))
		}
		fmt.Fprintf(display.EscapingWriter{W: a.stdout}, "%s not archived: %s: %s\n", display.Plural(len(names), "file"), reason, text)
	}
}

// reportSkipped names the files that were not archived. Damaged ones are a warning; the others only need a load.
func (a *app) reportSkipped(skipped []spool.NotArchived) error {
	var damaged []string
	needsLoad, needsHint := false, false
	for _, file := range skipped {
		text := fmt.Sprintf("%s is not archived: %v", file.Name, file.Reason)
		if file.Damaged {
			damaged = append(damaged, text)
			needsHint = needsHint || !strings.Contains(text, "hint: ")
			continue
		}
		fmt.Fprintln(a.stderr, text)
		needsLoad = needsLoad || errors.Is(file.Reason, spool.ErrNotLoaded)
	}
	if needsLoad {
		fmt.Fprintln(a.stderr, "hint: run callsheet load, then callsheet archive again")
	}
	if len(damaged) == 0 {
		return nil
	}
	if needsHint {
		damaged = append(damaged, "hint: callsheet verify lists damaged lines; restore the file from a backup, or load its present lines with callsheet load --rebuild")
	}
	return exitcode.WarningError(errors.New(strings.Join(damaged, "\n")))
}
