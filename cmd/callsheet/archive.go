package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"callsheet/period"
	"callsheet/spool"
)

func archiveCommand(a *app) *cobra.Command {
	var before string
	command := &cobra.Command{
		Use:   "archive",
		Short: "Compress finished days of the spool",
		Long: `archive compresses the spool files of finished days to .ndjson.zst, about a tenth of the size. Each archive is synced and
read back before the plain file goes; killed at any moment, nothing is lost and nothing loads twice. It can run
while the collector and loads do.`,
		Example: `  callsheet archive
  callsheet archive --before 2026-10-01`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
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
			done, err := spool.Archive(spoolDir(cfg), min(before, today), now)
			var from, to int64
			for _, file := range done {
				from, to = from+file.Before, to+file.After
			}
			fmt.Fprintf(a.stdout, "%s files archived, %s bytes to %s\n", count(int64(len(done))), count(from), count(to))
			return err
		},
	}
	command.Flags().StringVar(&before, "before", "", "only days before this one; today when not given")
	return command
}
