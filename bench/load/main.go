// Command load measures how fast callsheet loads, compared with DuckDB reading the same files into a table, and with pandas.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	go run ./bench/load -callsheet /tmp/callsheet -dir /var/tmp
//	go run ./bench/load -callsheet /tmp/callsheet -dir /var/tmp -only incremental -calls 10000000
//
// bulk loads a month of reports into an empty store, alternating with the others, in rounds; it prints the medians. Each measurement is
// a separate process. incremental loads 10,000 more reports into a store of all those, and into an empty one, and measures publishing.
// nothing loads without new deliveries, with three years of daily files. With -python, a Python with duckdb and pandas, bulk measures
// pandas too.
package main

import (
	"context"
	"database/sql"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"

	"callsheet/bench/process"
	"callsheet/bench/reports"
)

//go:embed pandas.py
var pandasScript string

type options struct {
	callsheet, dir, python, only string
	calls, rounds                int
}

func main() {
	var o options
	flag.StringVar(&o.callsheet, "callsheet", "", "path of the callsheet program")
	flag.StringVar(&o.dir, "dir", ".", "folder for the files")
	flag.StringVar(&o.python, "python", "", "path of a Python with duckdb and pandas; skipped if empty")
	flag.StringVar(&o.only, "only", "", "bulk, incremental or nothing")
	flag.IntVar(&o.calls, "calls", 1_000_000, "reports")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds to take the median of")
	table := flag.String("table", "", "internal: create a table in this database from the files in -dir")
	flag.Parse()
	err := func() error {
		if *table != "" {
			return createTable(*table, o.dir)
		}
		parent, err := filepath.Abs(o.dir) // a path in a configuration is relative to its file
		if err != nil {
			return err
		}
		dir, err := os.MkdirTemp(parent, "bench-load-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.dir = dir
		for _, part := range []struct {
			name string
			run  func(options) error
		}{{"bulk", bulk}, {"incremental", incremental}, {"nothing", nothing}} {
			if o.only == "" || o.only == part.name {
				if err := part.run(o); err != nil {
					return err
				}
			}
		}
		return nil
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

// bulk loads all reports into an empty store, with callsheet and the others.
func bulk(o options) error {
	home, err := reports.NewHome(o.dir, "bulk", false)
	if err != nil {
		return err
	}
	bytes, err := home.Write(reports.First, 30, o.calls, 0)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	file := filepath.Join(o.dir, "table.duckdb")
	peers := []struct {
		name    string
		command []string
	}{
		{"callsheet load", []string{o.callsheet, "--config", home.Config, "load"}},
		{"create table as select * from read_ndjson", []string{self, "-table", file, "-dir", home.Spool}},
	}
	if o.python != "" {
		peers = append(peers, struct {
			name    string
			command []string
		}{"pandas, then DuckDB", []string{o.python, "-c", pandasScript, file, home.Spool}})
	}
	results := make([]process.Results, len(peers))
	for range o.rounds {
		for i, peer := range peers {
			if err := home.Empty(file); err != nil {
				return err
			}
			r, err := process.Measure(peer.command...)
			if err != nil {
				return err
			}
			results[i] = append(results[i], r)
		}
	}
	fmt.Printf("bulk: %d reports, %d MB in 30 files, without publishing, medians of %d rounds\n\n", o.calls, bytes>>20, o.rounds)
	fmt.Println("| | time | reports/s | relative to DuckDB alone | CPU time | memory |\n|---|---|---|---|---|---|")
	for i, peer := range peers {
		r := results[i].Median()
		fmt.Printf("| %s | %v | %.0f | %.2f | %v | %d MB |\n", peer.name, r.Took.Round(10*time.Millisecond), float64(o.calls)/r.Took.Seconds(),
			results[1].Median().Took.Seconds()/r.Took.Seconds(), r.CPU.Round(10*time.Millisecond), r.Memory>>20)
	}
	fmt.Println()
	if o.python == "" {
		return nil
	}
	const few = 10_000
	if err := home.Empty(file); err != nil {
		return err
	}
	r, err := process.Measure(o.python, "-c", pandasScript, file, home.Spool, fmt.Sprint(few))
	if err != nil {
		return err
	}
	fmt.Printf("pandas, then DuckDB row by row: %d reports in %v, %.0f/s\n\n", few, r.Took.Round(10*time.Millisecond), few/r.Took.Seconds())
	return nil
}

// incremental loads more reports into a store of all reports, and into an empty one, without publishing.
func incremental(o options) error {
	const more = 10_000
	fmt.Printf("incremental: %d more reports, without publishing, medians of %d rounds\n\n| into a store of | time | memory |\n|---|---|---|\n", more, o.rounds)
	for _, calls := range []int{0, o.calls} {
		var all process.Results
		home, err := reports.NewHome(o.dir, fmt.Sprint("incremental-", calls), false)
		if err != nil {
			return err
		}
		if _, err := home.Write(reports.First, 30, calls, 0); err != nil {
			return err
		}
		if calls > 0 {
			r, err := process.Measure(o.callsheet, "--config", home.Config, "load")
			if err != nil {
				return err
			}
			fmt.Printf("| nothing: the load of the first %d | %v | %d MB |\n", calls, r.Took.Round(10*time.Millisecond), r.Memory>>20)
		}
		for round := range o.rounds {
			day := reports.First.AddDate(0, 0, 30+round)
			if calls == 0 {
				if err := home.Empty(""); err != nil {
					return err
				}
				day = reports.First // the same file each time
			}
			if _, err := home.Write(day, 1, more, calls+round*more); err != nil {
				return err
			}
			r, err := process.Measure(o.callsheet, "--config", home.Config, "load")
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		r := all.Median()
		fmt.Printf("| %d | %v | %d MB |\n", calls, r.Took.Round(time.Millisecond), r.Memory>>20)
		if err := home.Configure(true); err != nil {
			return err
		}
		if r, err = process.Measure(o.callsheet, "--config", home.Config, "load"); err != nil {
			return err
		}
		fmt.Printf("| only publishing those %d | %v | %d MB |\n", calls, r.Took.Round(time.Millisecond), r.Memory>>20)
	}
	fmt.Println()
	return nil
}

// nothing loads repeatedly without new deliveries.
func nothing(o options) error {
	home, err := reports.NewHome(o.dir, "nothing", true)
	if err != nil {
		return err
	}
	const days = 3 * 365
	if _, err := home.Write(reports.First.AddDate(-3, 0, 0), days, days*20, 0); err != nil {
		return err
	}
	var loads, starts process.Results
	for round := range o.rounds + 1 {
		r, err := process.Measure(o.callsheet, "--config", home.Config, "load")
		if err != nil {
			return err
		}
		start, err := process.Measure(o.callsheet, "--version")
		if err != nil {
			return err
		}
		if round > 0 { // the first round loads everything
			loads, starts = append(loads, r), append(starts, start)
		}
	}
	fmt.Printf("nothing new, %d files: %v, %v of it to start the process, medians of %d\n\n", days,
		loads.Median().Took.Round(time.Millisecond), starts.Median().Took.Round(time.Millisecond), o.rounds)
	return nil
}

// createTable loads the files with DuckDB alone.
func createTable(path, dir string) error {
	db, err := sql.Open("duckdb", path)
	if err != nil {
		return err
	}
	files := "'" + strings.ReplaceAll(filepath.Join(dir, "*.ndjson"), "'", "''") + "'"
	if _, err := db.ExecContext(context.Background(), "create table deliveries as select * from read_ndjson("+files+")"); err != nil {
		return err
	}
	return db.Close()
}
