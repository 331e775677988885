package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"callsheet/bench/process"
	"callsheet/bench/reports"
)

// callsPerDay is the number of calls per day in the history.
const callsPerDay = 5_000

// daily measures the built-in workbooks. It keeps the store in the folder and reuses an existing one.
func daily(o options) error {
	home, err := reports.NewHome(o.dir, "daily", false)
	if err != nil {
		return err
	}
	home.OutgoingEvery, home.Compressed = 4, true
	if _, err := os.Stat(filepath.Join(home.Data, "calls.duckdb")); errors.Is(err, fs.ErrNotExist) {
		days := o.calls / callsPerDay
		if _, _, err := home.Write(reports.First.AddDate(0, 1, -days), days, o.calls, 0); err != nil {
			return err
		}
		if _, err := process.Measure(o.callsheet, "--config", home.Config, "load"); err != nil {
			return err
		}
		if err := os.RemoveAll(home.Spool); err != nil {
			return err
		}
	}
	fmt.Printf("%d calls per day, %d in total, medians of %d rounds; %s\n\n| report | time | CPU time | memory |\n|---|---|---|---|\n",
		callsPerDay, o.calls, o.rounds, home.Used())
	for _, report := range [][]string{{"daily", "2026-09-29"}, {"weekly", "2026-W39"}, {"monthly", "2026-09"}} {
		var results process.Results
		for range o.rounds {
			r, err := process.Measure(o.callsheet, "--config", home.Config, "report", report[0], "--period", report[1],
				"--out", filepath.Join(o.dir, "daily.xlsx"))
			if err != nil {
				return err
			}
			results = append(results, r)
		}
		r := results.Median()
		fmt.Printf("| %s | %v | %v | %d MB |\n", report[0], r.Took.Round(10*time.Millisecond), r.CPU.Round(10*time.Millisecond), r.Memory>>20)
	}
	return nil
}
