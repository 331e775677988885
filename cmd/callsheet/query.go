package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/shell"
	"callsheet/queries"
	"callsheet/store"
)

func queryCommand(a *app) *cobra.Command {
	var span periodFlags
	var format, csvMode, asOf, since, db string
	var columns, set []string
	var limits shell.Limits
	var maxRows int
	filters := filterFlags{}
	command := &cobra.Command{
		Use:   "query [NAME]",
		Short: "Run a named query on the published data",
		Long: `query runs a named query for a period; without NAME it lists the queries. The first and the last day of the period are
included. Ratios are fractions, durations are seconds, and an unknown figure is empty, never 0. A filter with a value that no call
has, such as a misspelt group, is a warning: exit code 3.

A .sql file in the folder queries beside the configuration is a named query, too, and replaces a built-in one of the same name. It
is a single SELECT, which can use every table and macro, and the parameters $from, $to and the filters by name; other parameters are
given with --set.`,
		Example: `  callsheet query
  callsheet query groups --from 2026-10-01 --to 2026-10-31
  callsheet query agents --period last-week --group Sales --hours 09:00-18:00 --format csv
  callsheet query summary --period 2026-10-05 --columns offered,answer_rate,talk_seconds
  callsheet query summary --period 2026-10-05 --as-of "2026-10-06 08:00"
  callsheet query restated --period last-month --since 2026-11-02
  callsheet query days --period last-month --format xlsx >days.xlsx
  callsheet query days --period last-month --csv excel >days.csv
  callsheet query long_calls --set minutes=10
  callsheet query groups --db /var/lib/callsheet/published/calls.duckdb`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			out, err := shell.NewWriter(a.stdout, a.stderr, format)
			if err == nil {
				err = out.SetCSV(csvMode, format)
			}
			if err != nil {
				return exitcode.UsageError(err)
			}
			out.Columns, out.MaxRows = columns, maxRows
			if len(args) == 0 {
				return a.listQueries(db)
			}
			p, err := a.openForReading(c.Context(), db)
			if err != nil {
				return err
			}
			cfg := p.Config
			query, err := a.findQuery(cfg, args[0])
			if err != nil {
				return exitcode.UsageError(err)
			}
			days, err := span.parse(a.now(), cfg.Zone(), cfg.Zone(), "yesterday")
			if err != nil {
				return exitcode.UsageError(err)
			}
			selected, err := filters.parse()
			if err != nil {
				return err
			}
			arguments := pipeline.QueryArguments(days, selected)
			if since != "" {
				if arguments["since"], err = period.ParseTime(since, cfg.Zone()); err != nil {
					return exitcode.UsageError(err)
				}
			}
			if err := setArguments(arguments, query, set); err != nil {
				return exitcode.UsageError(err)
			}
			asOfTime, err := parseAsOf(asOf, cfg.Zone())
			if err != nil {
				return exitcode.UsageError(err)
			}
			if missing := missingParameters(query, arguments); len(missing) > 0 {
				return exitcode.UsageError(a.needsSet(c.Context(), p, query, arguments, missing))
			}
			if a.startsChildren() {
				return limits.Run(c.Context(), a.args, a.stdout, a.stderr)
			}
			// Compute no other columns. Rows of metrics depend on them: an hour in which no call began has a peak.
			if query.Path == "" && query.Name == "calls" && len(columns) > 0 {
				arguments["metrics"] = strings.Join(columns, ",")
			}
			return a.runQuery(c.Context(), p, query.Name, arguments, selected, pipeline.ReaderOptions{AsOf: asOfTime, Memory: limits.Memory}, out)
		},
	}
	span.register(command)
	filters.register(command)
	registerAsOf(command, &asOf)
	registerDatabase(command, &db)
	registerLimits(command, &limits)
	registerMaxRows(command, &maxRows)
	command.Flags().StringVar(&since, "since", "", "for restated: what changed after this time; default the end of the period")
	command.Flags().StringVar(&format, "format", "", shell.FormatHelp)
	command.Flags().StringVar(&csvMode, "csv", "", shell.CSVHelp)
	command.Flags().StringSliceVar(&columns, "columns", nil, "only these columns, in this order")
	command.Flags().StringArrayVar(&set, "set", nil, "NAME=VALUE of a parameter of a user query, as text; repeatable")
	help := command.HelpFunc()
	command.SetHelpFunc(func(c *cobra.Command, args []string) {
		help(c, args)
		if err := a.metricsHelp(c.Context()); err != nil {
			fmt.Fprintln(a.stderr, "callsheet:", err)
		}
	})
	return command
}

// findQuery returns a named query.
func (a *app) findQuery(c *config.Config, name string) (queries.File, error) {
	own := queries.User(c.UserQueries())
	for _, file := range own {
		if file.Misnamed && file.Name == name {
			return file, file.Explain(file.Err)
		}
	}
	return queries.Named(own, name)
}

func (a *app) runQuery(ctx context.Context, p *pipeline.Pipeline, name string, arguments map[string]any, filters map[string]string,
	options pipeline.ReaderOptions, out *shell.Writer) error {
	a.limitHeap()
	reader, err := p.OpenReader(ctx, options)
	if err != nil {
		return err
	}
	defer reader.Close()
	err = reader.Stream(ctx, name, arguments, out.Header, out.Row)
	if exitcode.Of(err) == exitcode.Usage && arguments["metrics"] != nil { // a column is wrong; the error names those of the whole result
		delete(arguments, "metrics")
		err = reader.Stream(ctx, name, arguments, out.Header, out.Row)
	}
	if err != nil && !errors.Is(err, shell.ErrMoreRows) {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return errors.Join(pipeline.CheckDays(ctx, reader, name, arguments), pipeline.CheckFilters(ctx, reader, filters))
}

// registerAsOf adds --as-of.
func registerAsOf(command *cobra.Command, text *string) {
	command.Flags().StringVar(text, "as-of", "", "the figures as they were known at this time: 2026-10-05, \"2026-10-05 08:00\"")
}

// parseAsOf parses --as-of; the zero time is now.
func parseAsOf(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return period.ParseTime(text, zone)
}

// listQueries needs no configuration; with one, and without a database file, it lists the user queries, too.
func (a *app) listQueries(db string) error {
	var own []queries.File
	if cfg, err := a.config(); err == nil && db == "" {
		own = queries.User(cfg.UserQueries())
		if err := queries.Problems(own); err != nil {
			fmt.Fprintln(a.stderr, "callsheet:", err)
		}
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, query := range queries.All(own) {
		mark := ""
		if query.Path != "" {
			mark = "(" + query.Path + ") "
		}
		for _, name := range missingParameters(query, nil) {
			mark += "(needs --set " + name + "=…) "
		}
		fmt.Fprintf(w, "%s\t%s%s\n", query.Name, mark, query.Doc())
	}
	return w.Flush()
}

// metricsHelp prints the definition of every metric from the catalog.
func (a *app) metricsHelp(ctx context.Context) error {
	fmt.Fprintln(a.stdout, "\nMetrics:")
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	err := store.Catalog(ctx, func(values []any) error {
		_, err := fmt.Fprintf(w, "  %v\t%v\n", values[0], values[4])
		return err
	})
	return errors.Join(err, w.Flush())
}

// periodFlags are --period, or --from and --to.
type periodFlags struct {
	name, from, to string
}

func (f *periodFlags) register(command *cobra.Command) {
	command.Flags().StringVar(&f.name, "period", "", strings.Join(period.Names, ", ")+", 2026-10-05, 2026-W41 or 2026-10")
	command.Flags().StringVar(&f.from, "from", "", "first day of the period")
	command.Flags().StringVar(&f.to, "to", "", "last day of the period")
}

// parse returns the period of the flags for a reader in a zone: --from or --to alone is a single day, no flag is the default. Days are
// counted in another zone.
func (f *periodFlags) parse(now time.Time, reader, counted *time.Location, defaultPeriod string) (period.Period, error) {
	if f.name != "" && (f.from != "" || f.to != "") {
		return period.Period{}, errors.New("--period and --from/--to are two periods\nhint: use one of them")
	}
	if f.from == "" && f.to == "" {
		return period.ForReader(cmp.Or(f.name, defaultPeriod), now, reader, counted)
	}
	from, err := period.ParseDay(cmp.Or(f.from, f.to))
	if err != nil {
		return period.Period{}, err
	}
	to, err := period.ParseDay(cmp.Or(f.to, f.from))
	if err != nil {
		return period.Period{}, err
	}
	return period.Between(from, to)
}
