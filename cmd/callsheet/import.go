package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/importer"
	"callsheet/internal/suggest"
)

// importFlags are the flags of callsheet import.
type importFlags struct {
	source, sheet, dateOrder string
	fields, set              []string
	reportedAt, undo         string
	dryRun, list, acceptIDs  bool
}

// isImport reports whether the command imports files; otherwise it is about earlier imports.
func (f importFlags) isImport() bool { return !f.list && f.undo == "" }

func importCommand(a *app) *cobra.Command {
	var flags importFlags
	command := &cobra.Command{
		Use:   "import FILE…",
		Short: "Import deliveries from exports or other collectors",
		Long: `import reads tables (CSV, .xlsx) and JSON: exports of the vendor's panel, or the spool of another collector. It writes the
deliveries to a new file of the spool for each FILE; the next load loads it. FILE may be compressed (.gz, .zst); - is standard input.
Deliveries that are in the spool already are skipped, so a file can be imported twice.

A row is received now, and was reported by the vendor when the export was made: now, or --reported-at. Of several reports of a call
the one reported last counts, so importing a corrected export corrects, and an old one does not. Lines of another collector keep their
times of receipt.

Columns are recognised by their headings, those of the vendor and of known panels; --field names others, and the configuration can
keep that for a source. Rows that cannot be read are rejected with the reason, and the exit code is 3. A file that is no table of
finished calls, or whose CallSids a spreadsheet has rounded, is refused as a whole; if the ids only look so, --accept-ids imports them.

--dry-run shows how the columns are read and what would come of the file, and writes nothing. --list shows the imports; --undo takes one
out again, by its id or the name of its file, and the next load rebuilds the database without it.`,
		Example: `  callsheet import --dry-run october.csv
  callsheet import october.csv
  callsheet import --sheet Calls --date-order dmy --set Direction=IVR october.xlsx
  callsheet import --source branch --field "CallSid=Ref no" --field "TalkDuration=Talk (s)" panel.csv
  callsheet import --reported-at 2026-10-31T18:00 older.csv
  callsheet import --list
  callsheet import --undo october.csv
  ssh other cat /var/lib/callsheet/spool/2026-10-05.ndjson | callsheet import -`,
		Args: func(c *cobra.Command, files []string) error {
			switch {
			case !flags.isImport() && len(files) > 0:
				return exitcode.UsageError(errors.New("--list and --undo import no file\nhint: callsheet import --undo takes one id or file name"))
			case !flags.isImport():
				return nil
			}
			if slices.Contains(files, "") {
				return exitcode.UsageError(errors.New("a file name is empty"))
			}
			return cobra.MinimumNArgs(1)(c, files)
		},
		RunE: func(c *cobra.Command, files []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			switch {
			case flags.list:
				return a.listImports(p)
			case flags.undo != "":
				return a.undoImport(c.Context(), p, flags.undo)
			}
			return a.importFiles(c.Context(), p, flags, files)
		},
	}
	command.Flags().StringVar(&flags.source, "source", "", "source of deliveries without one; default the first of the configuration")
	command.Flags().StringArrayVar(&flags.fields, "field", nil, `"FIELD=COLUMN": the file's name of a field of the vendor`)
	command.Flags().StringArrayVar(&flags.set, "set", nil, `"FIELD=VALUE": the value of a field for rows that have none, or only a dash or N/A, such as Direction=IVR`)
	command.Flags().StringVar(&flags.sheet, "sheet", "", "sheet of a workbook; default the first that is not hidden")
	command.Flags().StringVar(&flags.dateOrder, "date-order", "", "dmy if 05-10-2026 is in October, mdy if it is in May; default as the file shows")
	command.Flags().StringVar(&flags.reportedAt, "reported-at", "", "when the export was made, such as 2026-10-31T18:00; default now")
	command.Flags().BoolVar(&flags.acceptIDs, "accept-ids", false, "import CallSids that look as if a spreadsheet had rounded them")
	command.Flags().BoolVar(&flags.list, "list", false, "list the imports in the spool")
	command.Flags().StringVar(&flags.undo, "undo", "", "remove an import, by its id or the name of its file")
	command.Flags().BoolVar(&flags.dryRun, "dry-run", false, "show what would come of the files, and write nothing")
	command.MarkFlagsMutuallyExclusive("list", "undo", "dry-run")
	return command
}

// reading returns the source and how its files are read, from the flags and the configuration.
func (flags importFlags) reading(c *config.Config) (name string, r importer.Reading, err error) {
	name = cmp.Or(flags.source, c.DefaultSource())
	source, known := c.Source(name)
	if flags.source != "" && !known {
		var names []string
		for _, source := range c.Collector.Sources {
			names = append(names, source.Name)
		}
		return "", r, fmt.Errorf("no source %s is configured%s", name, suggest.Hint(name, names, "the sources are"))
	}
	if flags.dateOrder != "" && flags.dateOrder != "dmy" && flags.dateOrder != "mdy" {
		return "", r, fmt.Errorf("--date-order %q must be dmy or mdy", flags.dateOrder)
	}
	zone, err := time.LoadLocation(source.Timezone)
	if err != nil {
		return "", r, err
	}
	r = importer.Reading{
		Sheet: flags.sheet, DateOrder: cmp.Or(flags.dateOrder, source.Import.DateOrder, source.DateOrder), Zone: zone,
		OutgoingIsAgent: source.OutgoingCaller == "agent", TempDir: c.Data("tmp"), Stdin: os.Stdin,
	}
	for _, agent := range c.Business.Agents {
		r.Agents = append(r.Agents, agent.Number)
	}
	if r.Mapping.Fields, err = parsePairs("field", "CallSid=Call ID", flags.fields); err != nil {
		return "", r, err
	}
	if r.Mapping.Set, err = parsePairs("set", "Direction=IVR", flags.set); err != nil {
		return "", r, err
	}
	if r.Mapping.Set["Direction"] == "" && source.Import.Direction != "" {
		r.Mapping.Set["Direction"] = source.Import.Direction
	}
	r.Mapping.NothingValues = source.NothingValues
	r.Mapping.Saved = maps.Clone(source.Import.Fields)
	for field := range r.Mapping.Fields {
		delete(r.Mapping.Saved, field)
	}
	return name, r, r.Mapping.Check()
}

// parsePairs parses a flag of pairs.
func parsePairs(flag, example string, given []string) (map[string]string, error) {
	pairs := map[string]string{}
	for _, pair := range given {
		field, value, ok := strings.Cut(pair, "=")
		if !ok || field == "" || value == "" {
			return nil, fmt.Errorf("--%s %q is not a pair\nhint: write it as --%s \"%s\", the vendor's name first", flag, pair, flag, example)
		}
		if _, twice := pairs[field]; twice {
			return nil, fmt.Errorf("--%s %s is given twice\nhint: leave one of them out", flag, field)
		}
		pairs[field] = value
	}
	return pairs, nil
}
