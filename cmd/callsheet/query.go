package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/shell"
	"callsheet/queries"
	"callsheet/store"
)

// queryFlags are the flags of callsheet query.
type queryFlags struct {
	span            periodFlags
	filters         filterFlags
	format, csvMode string
	asOf, since, db string
	columns, set    []string
	limits          shell.Limits
	maxRows         uint32
}

func queryCommand(a *app) *cobra.Command {
	flags := queryFlags{filters: filterFlags{}}
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
			out, err := a.newWriter(flags.format, flags.csvMode)
			if err != nil {
				return err
			}
			out.Columns, out.MaxRows = flags.columns, int(flags.maxRows)
			if len(args) == 0 {
				if err := refuseWithoutName(c); err != nil {
					return err
				}
				return a.listQueries(flags.db)
			}
			return a.query(c.Context(), args[0], flags, out)
		},
	}
	flags.span.register(command)
	flags.filters.register(command)
	registerAsOf(command, &flags.asOf)
	registerDatabase(command, &flags.db)
	registerLimits(command, &flags.limits)
	registerMaxRows(command, &flags.maxRows)
	command.Flags().StringVar(&flags.since, "since", "", "for restated: what changed after this time, given as that of --as-of; default the end of the period")
	command.Flags().StringVar(&flags.format, "format", "", shell.FormatHelp)
	command.Flags().StringVar(&flags.csvMode, "csv", "", shell.CSVHelp)
	command.Flags().StringSliceVar(&flags.columns, "columns", nil, "only these columns, in this order")
	command.Flags().StringArrayVar(&flags.set, "set", nil, "NAME=VALUE of a parameter of a user query, as text; repeatable")
	help := command.HelpFunc()
	command.SetHelpFunc(func(c *cobra.Command, args []string) {
		help(c, args)
		if err := a.metricsHelp(c.Context()); err != nil {
			fmt.Fprintln(a.stderr, "callsheet:", err)
		}
	})
	return command
}

// refuseWithoutName returns an error for a flag that says how a query runs where none is named.
func refuseWithoutName(c *cobra.Command) (err error) {
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
		if f.Changed && f.Name != "db" && err == nil {
			err = exitcode.UsageError(fmt.Errorf("--%s is for a query, and none is named\nhint: callsheet query lists the queries", f.Name))
		}
	})
	return err
}

// newWriter returns a writer of results to standard output, in the format of --format and --csv.
func (a *app) newWriter(format, csvMode string) (*shell.Writer, error) {
	out, err := shell.NewWriter(a.stdout, a.stderr, format)
	if err == nil {
		err = out.SetCSV(csvMode, format)
	}
	if err != nil {
		return nil, exitcode.UsageError(err)
	}
	return out, nil
}

// query runs a named query in a child process, or in this one if it is that child.
func (a *app) query(ctx context.Context, name string, flags queryFlags, out *shell.Writer) error {
	p, err := a.openForReading(ctx, flags.db)
	if err != nil {
		return err
	}
	query, err := a.findQuery(p.Config, name)
	if err != nil {
		return exitcode.UsageError(err)
	}
	request, err := flags.request(query, a.now(), p.Config.Zone())
	if err != nil {
		return err
	}
	if missing := pipeline.MissingParameters(query, request.arguments); len(missing) > 0 {
		return exitcode.UsageError(a.needsSet(ctx, p, query, request.arguments, missing))
	}
	if a.parent == nil {
		noteUnused(a.stderr, query, flags)
	}
	if a.startsChildren() {
		return flags.limits.Run(ctx, a.args, fileOf(a.stdout), a.stderr)
	}
	// Compute no other columns. Rows of metrics depend on them: an hour in which no call began has a peak.
	if query.Path == "" && query.Name == "calls" && len(flags.columns) > 0 {
		request.arguments["metrics"] = strings.Join(flags.columns, ",")
	}
	err = a.runQuery(ctx, p, request, flags.limits.Memory, out)
	if _, wrong := errors.AsType[store.ArgumentError](err); wrong {
		return exitcode.UsageError(err)
	}
	return err
}

// noteUnused says which filters the query does not have, which change nothing.
func noteUnused(w io.Writer, query queries.File, flags queryFlags) {
	parameters := query.Parameters()
	given := map[string]string{"since": flags.since}
	for filter, value := range flags.filters {
		given[filter] = *value
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if given[name] != "" && !slices.Contains(parameters, name) {
			fmt.Fprintf(w, "--%s changes nothing: query %s does not have it%s\n", name, query.Name, filtersHint(parameters))
		}
	}
}

// filtersHint says which filters a query has.
func filtersHint(parameters []string) string {
	var flags []string
	for _, name := range append([]string{"since"}, queries.Filters...) {
		if slices.Contains(parameters, name) {
			flags = append(flags, "--"+name)
		}
	}
	if len(flags) == 0 {
		return ""
	}
	return "\nhint: it has " + strings.Join(flags, ", ")
}

// queryRequest is a named query with what it is asked for.
type queryRequest struct {
	name      string
	arguments map[string]any    // of all parameters, those of the filters included
	filters   map[string]string // that were given
	asOf      time.Time         // the zero time is now
}

// request returns what the flags ask of a query. Its errors are of usage.
func (f *queryFlags) request(query queries.File, now time.Time, zone *time.Location) (queryRequest, error) {
	asOf, err := parseAsOf(f.asOf, zone)
	if err != nil {
		return queryRequest{}, exitcode.UsageError(err)
	}
	days, err := f.span.parse(cmp.Or(asOf, now), zone, zone, "yesterday")
	if err != nil {
		return queryRequest{}, exitcode.UsageError(err)
	}
	selected, err := f.filters.parse()
	if err != nil {
		return queryRequest{}, err
	}
	arguments := pipeline.QueryArguments(days, selected)
	if f.since != "" {
		if arguments["since"], err = period.ParseTime(f.since, zone); err != nil {
			return queryRequest{}, exitcode.UsageError(err)
		}
	}
	if err := setArguments(arguments, query, f.set); err != nil {
		return queryRequest{}, exitcode.UsageError(err)
	}
	return queryRequest{query.Name, arguments, selected, asOf}, nil
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

// runQuery writes the result of a query. A filter with a value that no call has is a warning.
func (a *app) runQuery(ctx context.Context, p *pipeline.Pipeline, q queryRequest, memory string, out *shell.Writer) error {
	a.limitHeap()
	reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{AsOf: q.asOf, Memory: memory})
	if err != nil {
		return err
	}
	defer reader.Close()
	err = reader.Stream(ctx, q.name, q.arguments, out.Header, out.Row)
	if exitcode.Of(err) == exitcode.Usage && q.arguments["metrics"] != nil { // a column is wrong; the error names those of the whole result
		delete(q.arguments, "metrics")
		err = reader.Stream(ctx, q.name, q.arguments, out.Header, out.Row)
	}
	if err != nil && !errors.Is(err, shell.ErrMoreRows) {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	return errors.Join(pipeline.CheckDays(ctx, reader, q.name, q.arguments), pipeline.CheckFilters(ctx, reader, q.filters))
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
		for _, name := range pipeline.MissingParameters(query, nil) {
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
