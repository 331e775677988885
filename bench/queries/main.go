// Command queries measures every named query over one month, compared with the metrics by group in hand-written SQL, and with a plain count
// and sum over the calls of that month.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	go run ./bench/queries -callsheet /tmp/callsheet -dir /var/tmp
//
// It loads two stores: one of two years, and one of the last three months of them. It runs each query on both in turn, in rounds, in this
// process, to the last row; it prints the medians. A store that an earlier run kept in -dir with -keep is reused.
package main

import (
	"context"
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/bench/reports"
	"callsheet/queries"
	"callsheet/store"
)

type options struct {
	callsheet, dir, only string
	calls, rounds        int
	keep                 bool
}

func main() {
	var o options
	flag.StringVar(&o.callsheet, "callsheet", "", "path of the callsheet program")
	flag.StringVar(&o.dir, "dir", ".", "folder for the files")
	flag.StringVar(&o.only, "only", "", "one query")
	flag.IntVar(&o.calls, "calls", 10_000_000, "calls of the two years")
	flag.IntVar(&o.rounds, "rounds", 7, "rounds to take the median of")
	flag.BoolVar(&o.keep, "keep", false, "keep the stores")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "queries:", err)
		os.Exit(1)
	}
}

// histories are the lengths of the stores, in months.
var histories = []int{24, 3}

func run(ctx context.Context, o options) error {
	var readers []*store.Reader
	for _, months := range histories {
		path, err := o.store(months)
		if err != nil {
			return err
		}
		if !o.keep {
			defer os.RemoveAll(filepath.Dir(path))
		}
		reader, err := store.OpenReader(ctx, store.Options{Path: path, Settings: store.Settings{Timezone: "Asia/Kolkata"}})
		if err != nil {
			return err
		}
		defer reader.Close()
		readers = append(readers, reader)
	}
	return compare(ctx, o, readers)
}

// store loads the last months of the two years into a database, unless it exists.
func (o options) store(months int) (path string, err error) {
	home, err := reports.NewHome(o.dir, fmt.Sprint("months-", months), false)
	if err != nil {
		return "", err
	}
	home.OutgoingEvery, home.Compressed = 4, true
	path = filepath.Join(home.Data, "calls.duckdb")
	fmt.Fprintf(os.Stderr, "%d months; %s\n", months, home.Used())
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return path, err
	}
	from, days := reports.Months(months)
	if _, _, err := home.Write(from, days, o.calls*months/histories[0], 0); err != nil {
		return "", err
	}
	if out, err := exec.Command(o.callsheet, "--config", home.Config, "load").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return path, os.RemoveAll(home.Spool)
}

// The queries are compared with the metrics by group in hand-written SQL, which are measured with kpi, too, and with a minimal scan of the month.
const (
	plain = "select count(*), sum(talk_seconds) from calls where local_day between '2026-09-01' and '2026-09-30'"
	kpi   = "with slice as (from period_calls('2026-09-01', '2026-09-30')) from kpi(['call_group'], slice)"
)

//go:embed by_hand.sql
var byHand string

var statements = map[string]string{"count and sum": plain, "kpi of groups": kpi, "kpi of groups, by hand": byHand}

// bars are the times that a month of 417,000 calls beside 10,000,000 should stay below, on two idle cores.
var bars = map[string]time.Duration{
	"groups": 200 * time.Millisecond, "numbers": 200 * time.Millisecond, "days": 200 * time.Millisecond, "hours": 200 * time.Millisecond,
	"summary": 400 * time.Millisecond, "agents": 200 * time.Millisecond, "missed": 100 * time.Millisecond, "concurrency": 150 * time.Millisecond,
}

// compare runs all queries on each reader, in rounds.
func compare(ctx context.Context, o options, readers []*store.Reader) error {
	month := map[string]any{"from": "2026-09-01", "to": "2026-09-30"}
	names := []string{"count and sum", "kpi of groups, by hand", "kpi of groups"}
	for _, query := range queries.Files("named") {
		if o.only == "" || query.Name == o.only {
			names = append(names, query.Name)
		}
	}
	took := make([]map[string][]time.Duration, len(readers))
	for i := range took {
		took[i] = map[string][]time.Duration{}
	}
	for range o.rounds {
		for i, reader := range readers {
			for _, name := range names {
				start := time.Now()
				var err error
				if statement, ok := statements[name]; ok {
					err = reader.SQL(ctx, statement, ignore[string], ignore[any])
				} else {
					err = reader.Query(ctx, name, month, ignore[string], ignore[any])
				}
				if err != nil {
					return err
				}
				took[i][name] = append(took[i][name], time.Since(start))
			}
		}
	}
	fmt.Printf("a month of %d calls in two years, medians of %d rounds\n\n", o.calls, o.rounds)
	fmt.Println("| query | 24 months | bar | relative to by hand | 3 months | ratio 24 to 3 |\n|---|---|---|---|---|---|")
	byHand := median(took[0]["kpi of groups, by hand"])
	var short []string // that take no time worth a row
	for _, name := range names {
		long, recent := median(took[0][name]), median(took[1][name])
		if max(long, recent) < shortQuery {
			short = append(short, name)
			continue
		}
		var bar string
		if limit, ok := bars[name]; ok {
			bar = limit.String()
		}
		fmt.Printf("| %s | %v | %s | %.2f | %v | %.2f |\n", name, long.Round(time.Millisecond), bar,
			float64(long)/float64(byHand), recent.Round(time.Millisecond), float64(long)/float64(recent))
	}
	fmt.Printf("\nLess than %v: %s.\n", shortQuery, strings.Join(short, ", "))
	return nil
}

// shortQuery is the time below which a query has no row.
const shortQuery = 10 * time.Millisecond

func ignore[T any]([]T) error { return nil }

func median(all []time.Duration) time.Duration { return slices.Sorted(slices.Values(all))[len(all)/2] }
