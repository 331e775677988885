// Command load measures how fast callsheet loads, compared with DuckDB reading the same files into a table, and with pandas.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	go run ./bench/load -callsheet /tmp/callsheet -dir /var/tmp
//	go run ./bench/load -callsheet /tmp/callsheet -dir /var/tmp -only incremental -calls 10000000
//
// bulk loads a month of calls into an empty store, alternating with the others, in rounds; it prints the medians. Each measurement is
// a separate process, and all read the same files: once with the reports alone (with duplicates and corrections), once with three live
// events a call among them. DuckDB's own table then has a row for each delivery, with the keys of both kinds; a load stores live events
// apart and merges them into the calls. incremental loads half of the deliveries of 10,000 more calls into a store of all those, and into an
// empty one, after the other half. publish publishes after loads of 10,000 more calls, beside a plain copy of the database; on a file system
// that shares blocks, it measures that. nothing loads without new deliveries, with three years of daily files. With -python, a Python with
// duckdb and pandas, bulk measures pandas too.
package main

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"errors"
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
	flag.StringVar(&o.only, "only", "", "bulk, incremental, publish or nothing")
	flag.IntVar(&o.calls, "calls", 1_000_000, "calls")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds to take the median of")
	copied := flag.String("copy", "", "internal: copy this file into -dir")
	table := flag.String("table", "", "internal: create a table in this database from the files in -dir")
	flag.Parse()
	err := func() error {
		if *table != "" {
			return createTable(*table, o.dir)
		}
		if *copied != "" {
			return copyFile(*copied, filepath.Join(o.dir, "copied.duckdb"))
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
		}{{"bulk", bulk}, {"incremental", incremental}, {"publish", publish}, {"nothing", nothing}} {
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

// bulk loads all calls into an empty store, with callsheet and the others: first their reports alone, then live events too.
func bulk(o options) error {
	for _, liveEvents := range []int{0, 3} {
		if err := bulkWith(o, liveEvents); err != nil {
			return err
		}
	}
	return nil
}

func bulkWith(o options, liveEvents int) error {
	home, err := reports.NewHome(o.dir, fmt.Sprint("bulk-", liveEvents), false)
	if err != nil {
		return err
	}
	defer os.RemoveAll(home.Data)
	home.LiveEvents = liveEvents
	lines, bytes, err := home.Write(reports.First, 30, o.calls, 0)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	file := filepath.Join(o.dir, "table.duckdb")
	type peer struct {
		name    string
		command []string
	}
	const alone = 2 // DuckDB's own
	peers := []peer{
		{"callsheet load", []string{o.callsheet, "--config", home.Config, "load"}},
		{"callsheet load --rebuild", []string{o.callsheet, "--config", home.Config, "load", "--rebuild"}},
		{"create table as select * from read_ndjson", []string{self, "-table", file, "-dir", home.Spool}},
	}
	if o.python != "" {
		peers = append(peers, peer{"pandas, then DuckDB", []string{o.python, "-c", pandasScript, file, home.Spool}})
	}
	results := make([]process.Results, len(peers))
	for range o.rounds {
		for i, peer := range peers {
			if i != 1 { // a rebuild replaces what was loaded
				if err := home.Empty(file); err != nil {
					return err
				}
			}
			r, err := process.Measure(peer.command...)
			if err != nil {
				return err
			}
			results[i] = append(results[i], r)
		}
	}
	fmt.Printf("bulk: %d calls, %d lines, %d MB in 30 files, without publishing, medians of %d rounds; %s\n\n", o.calls, lines, bytes>>20, o.rounds, home.Used())
	fmt.Println("| | time | lines/s | relative to DuckDB alone | CPU time | relative to DuckDB alone | memory |\n|---|---|---|---|---|---|---|")
	for i, peer := range peers {
		r, table := results[i].Median(), results[alone].Median()
		fmt.Printf("| %s | %v | %.0f | %.2f | %v | %.2f | %d MB |\n", peer.name, r.Took.Round(10*time.Millisecond), float64(lines)/r.Took.Seconds(),
			table.Took.Seconds()/r.Took.Seconds(), r.CPU.Round(10*time.Millisecond), table.CPU.Seconds()/r.CPU.Seconds(), r.Memory>>20)
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
	fmt.Printf("pandas, then DuckDB row by row: %d lines in %v, %.0f/s\n\n", few, r.Took.Round(10*time.Millisecond), few/r.Took.Seconds())
	return nil
}

// incremental loads the second half of the deliveries of more calls into a store of all calls, and into an empty one, without publishing. The first
// half is loaded before, so that some calls have begun in it, as in any two loads of a site.
func incremental(o options) error {
	const more = 10_000
	for i, calls := range []int{0, o.calls} {
		var all process.Results
		home, err := reports.NewHome(o.dir, fmt.Sprint("incremental-", calls), false)
		if err != nil {
			return err
		}
		if i == 0 {
			fmt.Printf("incremental: half of the deliveries of %d more calls, without publishing, medians of %d rounds; %s\n\n", more, o.rounds, home.Used())
			fmt.Println("| into a store of | time | CPU time | memory |\n|---|---|---|---|")
		}
		if _, _, err := home.Write(reports.First, 30, calls, 0); err != nil {
			return err
		}
		if calls > 0 {
			r, err := process.Measure(o.callsheet, "--config", home.Config, "load")
			if err != nil {
				return err
			}
			fmt.Printf("| nothing: the load of the first %d | %v | %v | %d MB |\n", calls, r.Took.Round(10*time.Millisecond), r.CPU.Round(10*time.Millisecond), r.Memory>>20)
		}
		for round := range o.rounds {
			day := reports.First.AddDate(0, 0, 30+round)
			if calls == 0 {
				if err := home.Empty(""); err != nil {
					return err
				}
				day = reports.First // the same file each time
			}
			if _, _, err := home.Write(day, 1, more, calls+round*more); err != nil {
				return err
			}
			r, err := measureSecondHalf(o, home, home.DayFile(day))
			if err != nil {
				return err
			}
			all = append(all, r)
		}
		r := all.Median()
		fmt.Printf("| %d | %v | %v | %d MB |\n", calls, r.Took.Round(time.Millisecond), r.CPU.Round(time.Millisecond), r.Memory>>20)
	}
	fmt.Println()
	return nil
}

// measureSecondHalf loads the first half of a spool file, then measures the load of the other.
func measureSecondHalf(o options, home *reports.Home, file string) (r process.Result, err error) {
	whole, err := os.ReadFile(file)
	if err != nil {
		return r, err
	}
	half := len(whole)/2 + bytes.IndexByte(whole[len(whole)/2:], '\n') + 1
	if err := os.Truncate(file, int64(half)); err != nil {
		return r, err
	}
	if r, err = process.Measure(o.callsheet, "--config", home.Config, "load"); err != nil {
		return r, err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return r, err
	}
	_, err = f.Write(whole[half:])
	if err := errors.Join(err, f.Close()); err != nil {
		return r, err
	}
	return process.Measure(o.callsheet, "--config", home.Config, "load")
}

// nothing loads repeatedly without new deliveries.
func nothing(o options) error {
	home, err := reports.NewHome(o.dir, "nothing", true)
	if err != nil {
		return err
	}
	const days = 3 * 365
	if _, _, err := home.Write(reports.First.AddDate(-3, 0, 0), days, days*20, 0); err != nil {
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
	fmt.Printf("nothing new, %d files: %v, %v of it to start the process, medians of %d; %s\n\n", days,
		loads.Median().Took.Round(time.Millisecond), starts.Median().Took.Round(time.Millisecond), o.rounds, home.Used())
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
