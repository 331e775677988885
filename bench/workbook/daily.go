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

// callsADay are those of the history that the daily workbook stands beside.
const callsADay = 5_000

// daily measures the workbook of one day, from the start of the process to its end. The store is kept in the folder, and used
// again when it is there.
func daily(o options) error {
	home, err := reports.NewHome(o.dir, "daily", false)
	if err != nil {
		return err
	}
	home.OutgoingIn = 4
	if _, err := os.Stat(filepath.Join(home.Data, "calls.duckdb")); errors.Is(err, fs.ErrNotExist) {
		days := o.calls / callsADay
		if _, err := home.Write(reports.First.AddDate(0, 1, -days), days, o.calls, 0); err != nil {
			return err
		}
		if _, err := process.Measure(o.callsheet, "--config", home.Config, "load"); err != nil {
			return err
		}
		if err := os.RemoveAll(home.Spool); err != nil {
			return err
		}
	}
	fmt.Printf("%d calls a day, %d in all, medians of %d rounds\n\n| report | time | processor time | memory |\n|---|---|---|---|\n", callsADay, o.calls, o.rounds)
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
		fmt.Printf("| %s | %v | %v | %d MB |\n", report[0], r.Took.Round(10*time.Millisecond), r.Processor.Round(10*time.Millisecond), r.Memory>>20)
	}
	return nil
}
