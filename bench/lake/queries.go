package main

import (
	"context"
	"fmt"
	"time"

	"callsheet/bench/process"
	"callsheet/bench/reports"
)

// lastMonth is that of reports.First.
const lastMonth = "2026-09"

// opening is the name of the first row: what each query costs before it begins.
const opening = "callsheet sql 'select 1'"

// standardQueries are those of a month's reports. The others ask for the configuration, or for what vendors list and bill.
var standardQueries = []string{"groups", "numbers", "days", "hours", "agents", "group_agents", "missed", "concurrency", "summary", "changes",
	"hours_of_day", "weekdays", "day_hours", "coins", "campaigns", "outcomes", "missed_reasons", "repeat_customers", "evidence", "restated", "census"}

// queries runs the standard queries over the last month, with the published file and with the lake in turn.
func (b *bench) queries(context.Context) error {
	s, err := b.loadStores()
	if err != nil {
		return err
	}
	if _, err := b.publish(s); err != nil {
		return err
	}
	if _, err := b.measure(s.lake, "maintain", "--limit", "24h"); err != nil { // serve does it every hour
		return err
	}
	homes := []*reports.Home{s.file, s.lake}
	names := append([]string{opening}, standardQueries...)
	results := make([][]process.Results, len(names))
	for i := range results {
		results[i] = make([]process.Results, len(homes))
	}
	for range b.rounds {
		for i, name := range names {
			args := []string{"query", name, "--period", lastMonth, "--format", "csv"}
			if name == opening {
				args = []string{"sql", "select 1"}
			}
			for k, home := range homes {
				r, err := b.measure(home, args...)
				if err != nil {
					return err
				}
				results[i][k] = append(results[i][k], r)
			}
		}
	}
	fmt.Printf("queries: the last month of %d calls in %d months, each a process from start to end, medians of %d rounds\n\n", b.calls, months, b.rounds)
	fmt.Println("| query | file | lake | of the file's | CPU time, file | CPU time, lake |\n|---|---|---|---|---|---|")
	row := func(name string, file, lake process.Result) {
		fmt.Printf("| %s | %v | %v | %.2f | %v | %v |\n", name, round(file.Took), round(lake.Took), lake.Took.Seconds()/file.Took.Seconds(),
			round(file.CPU), round(lake.CPU))
	}
	var sums [2]process.Result
	for i, name := range names {
		file, lake := results[i][0].Median(), results[i][1].Median()
		row(name, file, lake)
		if name != opening {
			sums[0].Took, sums[0].CPU = sums[0].Took+file.Took, sums[0].CPU+file.CPU
			sums[1].Took, sums[1].CPU = sums[1].Took+lake.Took, sums[1].CPU+lake.CPU
		}
	}
	row("all queries", sums[0], sums[1])
	fmt.Println()
	return nil
}

func round(d time.Duration) time.Duration { return d.Round(10 * time.Millisecond) }
