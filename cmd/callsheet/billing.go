package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/shell"
	"callsheet/store"
)

// billingFlags are the flags of callsheet billing.
type billingFlags struct {
	span    periodFlags
	filters filterFlags
	format  string
	asJSON  bool
}

func billingCommand(a *app) *cobra.Command {
	flags := billingFlags{filters: filterFlags{}}
	command := &cobra.Command{
		Use:   "billing",
		Short: "Compare what the vendor charged with what was received",
		Long: `billing compares the coins that the vendor's own lists of calls charge with those that webhooks reported, by day, virtual number and
direction, and says which coins to ask back: for calls charged twice, for calls that nobody answered, and for more pulses than a call
explains. The length and the price of a pulse are inferred from the lists, and shown with the number of calls that they explain; where no
rule explains 95 % of at least 50 calls, no pulse is claimed.

It needs the lists, which callsheet reconcile fetches. Of days without a list nothing is said. The exit code is 0 if no coins are in
question and all days are complete, else 3.`,
		Example: `  callsheet billing --period 2026-10
  callsheet billing --from 2026-10-01 --to 2026-10-15 --number 01204000001
  callsheet billing --period 2026-10 --format csv >billing.csv
  callsheet query billing_claims --period 2026-10 --format xlsx >ask-back.xlsx
  callsheet report coins --period 2026-10`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			flags.format = cmp.Or(flags.format, "table")
			if _, err := shell.NewWriter(a.stdout, a.stderr, flags.format); err != nil {
				return exitcode.UsageError(err)
			}
			p, err := a.open()
			if err != nil {
				return err
			}
			days, err := flags.span.parse(a.now(), p.Config.Zone(), p.Config.Zone(), "last-month")
			if err != nil {
				return exitcode.UsageError(err)
			}
			selected, err := flags.filters.parse()
			if err != nil {
				return err
			}
			return a.billing(c.Context(), p, days, selected, flags)
		},
	}
	flags.span.register(command)
	flags.filters.register(command)
	command.Flags().StringVar(&flags.format, "format", "", "the comparison by day only, in another format: csv, json, ndjson, markdown or xlsx")
	command.Flags().BoolVar(&flags.asJSON, "json", false, "print everything as JSON, with the calls in question")
	command.MarkFlagsMutuallyExclusive("json", "format")
	return command
}

// billing prints what the vendor charged in a period, in a format or as JSON. What needs a look is a warning.
func (a *app) billing(ctx context.Context, p *pipeline.Pipeline, days period.Period, selected map[string]string, flags billingFlags) error {
	a.limitHeap()
	reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{})
	if err != nil {
		return err
	}
	defer reader.Close()
	b := billing{reader: reader, days: days, arguments: pipeline.QueryArguments(days, selected)}
	if err := b.readTotal(ctx); err != nil {
		return err
	}
	switch {
	case flags.asJSON:
		err = b.writeJSON(ctx, a.stdout)
	case flags.format == "table":
		err = b.print(ctx, a.stdout)
	default:
		err = b.write(ctx, a.stdout, "billing", flags.format)
	}
	if err != nil {
		return err
	}
	if err := pipeline.CheckFilters(ctx, reader, selected); err != nil {
		return err
	}
	return b.outcome()
}

// billing is what the vendor charged in a period.
type billing struct {
	reader    *store.Reader
	days      period.Period
	arguments map[string]any
	total     map[string]any // the row of billing_total
}

func (b *billing) readTotal(ctx context.Context) error {
	var names []string
	return b.reader.Stream(ctx, "billing_total", b.arguments,
		func(columns []string) error { names = columns; return nil },
		func(values []any) error {
			b.total = map[string]any{}
			for i, name := range names {
				b.total[name] = values[i]
			}
			return nil
		})
}

func (b *billing) count(name string) int64 {
	n, _ := b.total[name].(int64)
	return n
}

// coins returns a number of coins as text; unknown ones are said to be.
func (b *billing) coins(name string) string {
	if b.total[name] == nil {
		return "unknown"
	}
	return fmt.Sprint(b.total[name])
}

// write writes the rows of a query in a format.
func (b *billing) write(ctx context.Context, to io.Writer, query, format string, columns ...string) error {
	out, err := shell.NewWriter(to, io.Discard, format)
	if err != nil {
		return err
	}
	out.Columns = columns
	if err := b.reader.Stream(ctx, query, b.arguments, out.Header, out.Row); err != nil {
		return err
	}
	return out.Close()
}

// print prints the comparison, unless there is no list to compare with.
func (b *billing) print(ctx context.Context, w io.Writer) error {
	if b.count("days_listed") == 0 {
		return nil
	}
	fmt.Fprintf(w, "%s: %s on the vendor's lists of %s, %s coins; %s received, %s coins\n\nCoins to ask back: %s of %s\n",
		b.days.Words(), display.Plural(int(b.count("vendor_calls")), "call"), display.Plural(int(b.count("days_listed")), "day"),
		b.coins("vendor_coins"), display.Plural(int(b.count("our_calls")), "call"), b.coins("our_coins"),
		b.coins("coins_in_question"), display.Plural(int(b.count("claims")), "call"))
	if err := b.write(ctx, w, "billing_causes", "table"); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nHow the vendor charges")
	if err := b.write(ctx, w, "pulses", "table", "calls_of", "rule"); err != nil {
		return err
	}
	fmt.Fprintln(w, "\nBy day, virtual number and direction")
	return b.write(ctx, w, "billing", "table", "day", "virtual_number", "direction", "vendor_calls", "our_calls", "vendor_coins", "our_coins",
		"coins_charged_twice", "coins_not_connected", "coins_over_pulses", "coins_in_question")
}

// writeJSON writes the rows of all queries as one object.
func (b *billing) writeJSON(ctx context.Context, w io.Writer) error {
	object := map[string]any{"total": b.total, "from": b.days.From.Format("2006-01-02"), "to": b.days.To.Format("2006-01-02")}
	for member, query := range map[string]string{
		"causes": "billing_causes", "pulses": "pulses", "days": "billing", "unlisted_days": "unlisted_days", "claims": "billing_claims",
	} {
		var rows bytes.Buffer
		if err := b.write(ctx, &rows, query, "json"); err != nil {
			return err
		}
		object[member] = json.RawMessage(rows.Bytes())
	}
	return json.NewEncoder(w).Encode(object)
}

// outcome returns what needs a look: coins in question, and days that are not complete.
func (b *billing) outcome() error {
	arguments := fmt.Sprintf("--from %s --to %s", b.days.From.Format("2006-01-02"), b.days.To.Format("2006-01-02"))
	if b.count("days_listed") == 0 {
		return exitcode.WarningError(fmt.Errorf("no list of the vendor was fetched for %s, so nothing is said of what it charged\nhint: callsheet reconcile %s fetches them",
			b.days.Words(), arguments))
	}
	var errs []error
	if b.count("claims") > 0 {
		errs = append(errs, fmt.Errorf("%s coins are in question, in %s\nhint: callsheet query billing_claims %s lists them", b.coins("coins_in_question"),
			display.Plural(int(b.count("claims")), "call"), arguments))
	}
	if note, _ := b.total["note"].(string); note != "" {
		errs = append(errs, fmt.Errorf("%s\nhint: callsheet reconcile %s fetches lists and compares", note, arguments))
	}
	if err := errors.Join(errs...); err != nil {
		return exitcode.WarningError(err)
	}
	return nil
}
