package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/store"
)

func migrateCommand(a *app) *cobra.Command {
	var toLake, toFile bool
	command := &cobra.Command{
		Use:   "migrate",
		Short: "Copy the database file into a lake, or a lake into a file",
		Long: `migrate copies everything that is loaded between data_dir/calls.duckdb and the lake of the configuration (store.lake), and compares
both: the rows of every table, and the content hash of every day. Loads then go on where those of the other one ended. Stop serve
and loads from cron meanwhile; deliveries that arrive later are loaded later.

--to-lake needs an empty lake, which it creates if there is none, and a file that was loaded with the same configuration, other than
store.lake and collector.id. Nobody can use the lake until it has everything. If it is interrupted, run it again: it goes on where it
stopped. The file stays; remove it when you no longer need it.
--to-file writes a new file with the present state of the lake. Others can use the lake meanwhile. The file appears when it is complete and
the runs of reports are copied. Then remove store.lake from the configuration. The file also has what other machines have loaded, but their
spools stay where they are.`,
		Example: `  callsheet migrate --to-lake
  callsheet migrate --to-file`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if toLake == toFile {
				return exitcode.UsageError(errors.New("migrate needs --to-lake or --to-file\nhint: callsheet migrate --help"))
			}
			p, err := a.open()
			if err != nil {
				return err
			}
			var copied store.Copied
			if toLake {
				bar := display.NewProgress(a.stderr, "copying", a.now)
				copied, err = p.MigrateToLake(c.Context(), func(done, total int) { bar.Count(int64(done), int64(total)) })
				bar.Finish()
			} else {
				copied, err = p.MigrateToFile(c.Context())
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s of %s and all other tables, %s, are equal in both\n", display.Plural(int(copied.Calls), "call"),
				display.Plural(int(copied.Days), "day"), display.Plural(int(copied.Rows), "row"))
			return nil
		},
	}
	command.Flags().BoolVar(&toLake, "to-lake", false, "copy the database file into the lake")
	command.Flags().BoolVar(&toFile, "to-file", false, "copy the lake to a new database file")
	return command
}
