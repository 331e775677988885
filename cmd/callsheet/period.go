package main

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/period"
)

// periodFlags are --period, or --from and --to.
type periodFlags struct {
	name, from, to string
}

func (f *periodFlags) register(command *cobra.Command) {
	command.Flags().StringVar(&f.name, "period", "", strings.Join(period.Names, ", ")+", 2026-10-05, 2026-W41 or 2026-10")
	command.Flags().StringVar(&f.from, "from", "", "first day of the period; without --to, that day only")
	command.Flags().StringVar(&f.to, "to", "", "last day of the period; without --from, that day only")
}

// parse returns the period of the flags at a time for a reader in a zone: --from or --to alone is a single day, no flag is the default. Days
// are counted in another zone.
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

// registerAsOf adds --as-of.
func registerAsOf(command *cobra.Command, text *string) {
	command.Flags().StringVar(text, "as-of", "", "the figures as they were known at this time: 2026-10-05, \"2026-10-05 08:00\";\n--period yesterday is relative to it; a time that the clock shows twice is the first of the two,\none that it skips is the change")
}

// parseAsOf parses --as-of; the zero time is now.
func parseAsOf(text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	return period.ParseTime(text, zone)
}
