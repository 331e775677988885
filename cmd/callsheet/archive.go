package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/period"
	"callsheet/internal/spool"
	"callsheet/store"
)

func archiveCommand(a *app) *cobra.Command {
	var before string
	command := &cobra.Command{
		Use:   "archive",
		Short: "Compress finished days of the spool",
		Long: `archive compresses the spool files of finished days to .ndjson.zst, about a tenth of the size. Each archive is synced, read
back and compared with what was loaded before the plain file goes; killed at any moment, nothing is lost and nothing
loads twice. A file with a wrong checksum, or with other lines than were loaded, stays and is named; the exit code is 3.
It can run while the collector and loads do.`,
		Example: `  callsheet archive
  callsheet archive --before 2026-10-01`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			now := a.now().In(cfg.Zone())
			today := now.Format(time.DateOnly)
			if before == "" {
				before = today
			}
			if _, err := period.ParseDay(before); err != nil {
				return usage(err)
			}
			loaded, err := a.loaded(c.Context(), cfg)
			if err != nil {
				return err
			}
			done, skipped, err := spool.Archive(spool.ArchiveOptions{
				Dir: spoolDir(cfg), Before: min(before, today), Now: now, Compare: loaded.Compare,
			})
			var from, to int64
			for _, file := range done {
				from, to = from+file.Before, to+file.After
			}
			fmt.Fprintf(a.stdout, "%s files archived, %s bytes to %s\n", display.Count(int64(len(done))), display.Count(from), display.Count(to))
			if err != nil {
				return err
			}
			return a.notArchived(skipped)
		},
	}
	command.Flags().StringVar(&before, "before", "", "only days before this one; today when not given")
	return command
}

// loaded is what was loaded of the spool; nothing before the first load.
func (a *app) loaded(ctx context.Context, c *config.Config) (store.Loaded, error) {
	if _, err := os.Stat(readFrom(c)); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	reader, err := a.reader(ctx, c, time.Time{}, readerMemory, 1)
	if err != nil {
		return nil, err
	}
	loaded, err := reader.Loaded(ctx)
	return loaded, errors.Join(err, reader.Close())
}

// notArchived names the files that were not archived. Damage needs a look; for the others a load is enough.
func (a *app) notArchived(skipped []spool.NotArchived) error {
	var damaged []string
	waiting := false
	for _, file := range skipped {
		text := fmt.Sprintf("%s is not archived: %v", file.Name, file.Reason)
		if file.Damaged {
			damaged = append(damaged, text)
			continue
		}
		fmt.Fprintln(a.stderr, text)
		waiting = true
	}
	if waiting {
		fmt.Fprintln(a.stderr, "hint: run callsheet load, then callsheet archive again")
	}
	if len(damaged) == 0 {
		return nil
	}
	return needsALook(errors.New(strings.Join(damaged, "\n") + "\nhint: callsheet verify lists damaged lines; restore the file from a backup, or load its present lines with callsheet load --rebuild"))
}
