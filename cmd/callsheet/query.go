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

	"callsheet/config"
	"callsheet/period"
	"callsheet/queries"
)

func queryCommand(a *app) *cobra.Command {
	var span periodFlags
	var format, asOf, since string
	var columns []string
	filters := map[string]*string{}
	command := &cobra.Command{
		Use:   "query [NAME]",
		Short: "Run a named query on the published data",
		Long: `query runs one of the named queries for a period; without NAME it lists them. Both days of the period are
included. Ratios are fractions, durations are seconds, and a figure that cannot be had is empty, never 0.`,
		Example: `  callsheet query
  callsheet query groups --from 2026-10-01 --to 2026-10-31
  callsheet query agents --period last-week --group Sales --format csv
  callsheet query summary --period 2026-10-05 --columns offered,answer_rate,talk_seconds
  callsheet query summary --period 2026-10-05 --as-of "2026-10-06 08:00"
  callsheet query restated --period last-month --since 2026-11-02`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			out, err := newOutput(a.stdout, a.stderr, format)
			if err != nil {
				return usage(err)
			}
			out.only = columns
			if len(args) == 0 {
				return listQueries(a)
			}
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if _, err := queries.Named(args[0]); err != nil {
				return usage(err)
			}
			days, err := span.parse(a.now().In(cfg.Zone()), "yesterday")
			if err != nil {
				return usage(err)
			}
			arguments := queryArguments(days)
			for key, value := range filters {
				if *value != "" {
					arguments[key] = *value
				}
			}
			if since != "" {
				if arguments["since"], err = period.ParseMoment(since, cfg.Zone()); err != nil {
					return usage(err)
				}
			}
			moment, err := parseAsOf(asOf, cfg.Zone())
			if err != nil {
				return usage(err)
			}
			return a.runQuery(c.Context(), cfg, args[0], arguments, moment, out)
		},
	}
	span.register(command)
	for _, key := range config.Filters {
		filters[key] = command.Flags().String(key, "", "only calls of this "+key)
	}
	registerAsOf(command, &asOf)
	command.Flags().StringVar(&since, "since", "", "for restated: what became known after this moment; the end of the period when not given")
	command.Flags().StringVar(&format, "format", "", "table (on a terminal), csv (in a pipe), json, ndjson or markdown")
	command.Flags().StringSliceVar(&columns, "columns", nil, "only these columns, in this order")
	return command
}

func (a *app) runQuery(ctx context.Context, c *config.Config, name string, arguments map[string]any, asOf time.Time, out *output) error {
	reader, err := a.reader(ctx, c, asOf)
	if err != nil {
		return err
	}
	defer reader.Close()
	if err := reader.Query(ctx, name, arguments, out.header, out.row); err != nil {
		return err
	}
	return out.close()
}

// registerAsOf adds --as-of.
func registerAsOf(command *cobra.Command, text *string) {
	command.Flags().StringVar(text, "as-of", "", "the figures as they were at this moment: 2026-10-05, \"2026-10-05 08:00\"")
}

// parseAsOf reads it; the zero time is now.
func parseAsOf(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return period.ParseMoment(text, zone)
}

// queryArguments are the days of a period and of the one it is compared with.
func queryArguments(p period.Period) map[string]any {
	before := p.Before()
	const day = time.DateOnly
	return map[string]any{
		"from": p.From.Format(day), "to": p.To.Format(day),
		"before_from": before.From.Format(day), "before_to": before.To.Format(day),
	}
}

func listQueries(a *app) error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, query := range queries.In("named") {
		fmt.Fprintf(w, "%s\t%s\n", query.Name, query.Doc())
	}
	return w.Flush()
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

// parse reads the flags: --from or --to alone is a period of one day, no flag at all means otherwise.
func (f *periodFlags) parse(now time.Time, otherwise string) (period.Period, error) {
	if f.name != "" && (f.from != "" || f.to != "") {
		return period.Period{}, errors.New("--period and --from/--to name two periods\nhint: give one of them")
	}
	if f.name != "" {
		return period.Parse(f.name, now)
	}
	if f.from == "" && f.to == "" {
		return period.Parse(otherwise, now)
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
