package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func (s *site) published() string { return filepath.Join(s.dir, "data", "published", "calls.duckdb") }

// compare loads the rest of the spool and compares the calls with the acknowledged deliveries.
func compare(s *site, sent *record, reads *readings) error {
	ctx := context.Background()
	if _, err := s.output(ctx, "load"); err != nil {
		return err
	}
	stored, err := s.coins(ctx)
	if err != nil {
		return err
	}
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	acknowledged, certain, total := 0, 0, 0
	for _, sid := range sortedKeys(sent.calls) {
		call := sent.calls[sid]
		coins, found := stored[sid]
		delete(stored, sid)
		if call.acknowledged {
			acknowledged++
		}
		switch {
		case !found && call.acknowledged:
			fault("call %s was acknowledged and is missing", sid)
		case !found:
		case call.uncertain >= 0 && coins == call.uncertain:
		case !call.acknowledged || coins != call.coins:
			fault("call %s has %d hundredths of coins instead of %d", sid, coins, call.coins)
		}
		if call.acknowledged && call.uncertain < 0 {
			certain++
			total += call.coins
		}
	}
	for sid := range stored {
		fault("call %s was never sent", sid)
	}
	if _, err := s.output(ctx, "verify"); err != nil {
		fault("%v", err)
	}
	if files, err := filepath.Glob(filepath.Join(s.dir, "data", "tmp", "[0-9]*")); err != nil || len(files) > 0 {
		fault("remaining in data/tmp: %v %v", files, err)
	}
	faults = append(faults, reads.wrong...)
	fmt.Printf("requests by status: %v\n%d calls acknowledged, %d of them without an unacknowledged correction and with %d.%02d coins; %d reads, %d of them wrong\n",
		sent.posts, acknowledged, certain, total/100, total%100, reads.count, len(reads.wrong))
	workbooks, _ := filepath.Glob(filepath.Join(s.dir, "reports", "*.xlsx"))
	fmt.Printf("%d workbooks in the folder\n", len(workbooks))
	if len(workbooks) == 0 {
		fault("no report was delivered")
	}
	if len(faults) == 0 {
		fmt.Println("no difference")
		return nil
	}
	const shown = 20
	fmt.Fprintln(os.Stderr, strings.Join(faults[:min(shown, len(faults))], "\n"))
	return fmt.Errorf("%d differences", len(faults))
}

// coins returns the coins of each call in the published copy, in hundredths.
func (s *site) coins(ctx context.Context) (map[string]int, error) {
	text, err := s.output(ctx, "sql", "select call_sid, coins from calls", "--format", "csv")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("no header")
	}
	coins := map[string]int{}
	for _, row := range rows[1:] {
		value, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			return nil, fmt.Errorf("call %s: %w", row[0], err)
		}
		if _, twice := coins[row[0]]; twice {
			return nil, fmt.Errorf("call %s has two rows", row[0])
		}
		coins[row[0]] = int(math.Round(value * 100))
	}
	return coins, nil
}
