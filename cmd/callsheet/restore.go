package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
)

func restoreCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Copy a backup back into an empty data folder",
		Long: `restore copies a backup into the data_dir of the configuration, which must be empty or missing. Every file is synced. A backup that is cut or
damaged is refused, and nothing is left of it. Until a restore has come to its end, other commands refuse the folder; if it is killed, run it
again. Then callsheet load makes the database.

The configuration stays in the backup, in config/: tar --zstd -xf FILE config unpacks it. - reads from standard input.`,
		Example: `  callsheet restore /backups/callsheet-2026-10-05.tar.zst && callsheet load
  ssh backup.example.com 'cat callsheet.tar.zst' | callsheet restore -`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			var from io.Reader = os.Stdin
			if args[0] != "-" {
				file, err := os.Open(args[0])
				if err != nil {
					return err
				}
				defer file.Close()
				from = file
			}
			contents, err := p.Restore(c.Context(), from)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s, %s, restored into %s, as of %s\nnext: callsheet load makes the database\n", display.Plural(contents.Files, "file"),
				display.Plural(int(contents.Bytes), "byte"), p.Config.Data(), contents.MadeAt.In(p.Config.Zone()).Format(time.DateTime+" -07:00"))
			return nil
		},
	}
}
