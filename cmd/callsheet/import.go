package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/importer"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/store"
)

func importCommand(a *app) *cobra.Command {
	var source string
	var fields []string
	command := &cobra.Command{
		Use:   "import FILE…",
		Short: "Import deliveries from exports or other collectors",
		Long: `import reads NDJSON, a JSON array or CSV with the vendor's field names, or the spool of another collector, and writes the
deliveries to a new file of the spool. FILE may be compressed (.gz, .zst); - is standard input. Deliveries that are in the spool
already are skipped, so a file can be imported twice. A delivery without a time of receipt counts as received at the end of the
call. The next load loads the file.`,
		Example: `  callsheet import october.csv
  callsheet import --source branch --field "CallSid=Call ID" --field "TalkDuration=Talk (s)" panel.csv
  ssh other cat /var/lib/callsheet/spool/2026-10-05.ndjson | callsheet import -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			names, err := parseFieldNames(fields)
			if err != nil {
				return exitcode.UsageError(err)
			}
			if err := pipeline.MakeDataDir(cfg); err != nil {
				return err
			}
			bar := display.NewProgress(a.stderr, "reading the spool", a.now)
			fingerprint := func(line []byte) uint64 { return store.Fingerprint(line, cfg.DefaultSource()) }
			seen, err := importer.Fingerprints(c.Context(), cfg.SpoolDir(), fingerprint, bar.Bytes)
			bar.Finish()
			if err != nil {
				return err
			}
			into, err := spool.NewImport(cfg.SpoolDir(), a.now().In(cfg.Zone()))
			if err != nil {
				return err
			}
			i := importer.Importer{
				Into: into, Source: cmp.Or(source, cfg.DefaultSource()), Fields: names, Seen: seen, Fingerprint: store.Fingerprint,
			}
			for _, file := range files {
				if err := i.Import(c.Context(), file); err != nil {
					return errors.Join(fmt.Errorf("%s: %w\nnothing was imported", file, err), into.Abort())
				}
			}
			return a.finishImport(&i)
		},
	}
	command.Flags().StringVar(&source, "source", "", "source of deliveries without one; default the first of the configuration")
	command.Flags().StringArrayVar(&fields, "field", nil, `"VENDOR=COLUMN": the file's name of a field of the vendor, where it differs`)
	return command
}

// parseFieldNames parses --field.
func parseFieldNames(fields []string) (map[string]string, error) {
	names := map[string]string{}
	for _, field := range fields {
		vendor, column, ok := strings.Cut(field, "=")
		if !ok || vendor == "" || column == "" {
			return nil, fmt.Errorf("--field %q is not a pair\nhint: write it as --field \"CallSid=Call ID\", the vendor's name first", field)
		}
		names[vendor] = column
	}
	return names, nil
}

// finishImport adds the new file to the spool and prints a summary. Unreadable deliveries are a warning.
func (a *app) finishImport(i *importer.Importer) error {
	if i.Imported == 0 {
		if err := i.Into.Abort(); err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "nothing new: %s deliveries are in the spool already\n", display.Count(i.Duplicates))
	} else {
		name, err := i.Into.Commit()
		if err != nil {
			return err
		}
		fmt.Fprintf(a.stdout, "%s deliveries imported into %s, %s were in the spool already\nnext: callsheet load\n",
			display.Count(i.Imported), name, display.Count(i.Duplicates))
	}
	if len(i.Unreadable) == 0 {
		return nil
	}
	const listed = 10
	message := fmt.Sprintf("%s could not be read and were skipped:", display.Count(int64(len(i.Unreadable))))
	for _, problem := range i.Unreadable[:min(listed, len(i.Unreadable))] {
		message += "\n" + problem
	}
	if more := len(i.Unreadable) - listed; more > 0 {
		message += fmt.Sprintf("\nand %s more", display.Count(int64(more)))
	}
	return exitcode.WarningError(errors.New(message))
}
