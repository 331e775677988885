// Command lake measures a lake: a catalog in PostgreSQL that is on this machine and empty, and data in a folder or a bucket.
//
//	createdb lake && mkdir /var/tmp/lake
//	go run ./bench/lake -catalog postgres://me@localhost/lake -data /var/tmp/lake -extensions ~/.duckdb/extensions
//
// small loads a month of calls in many small loads, each of as many lines, as by a collector of few calls, with maintenance after every so many. It
// prints the medians of the time of a load, of its processor time, and of that of PostgreSQL, for groups of loads. With -file it loads the same into a
// database file.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"

	"callsheet/bench/reports"
	"callsheet/store"
)

type options struct {
	lake                          store.Lake
	dir                           string
	file                          bool
	loads, lines, maintain, every int
	postmaster                    int
}

func main() {
	var o options
	catalog := flag.String("catalog", "", "URL of the catalog; the password is in PGPASSWORD")
	flag.StringVar(&o.lake.Data, "data", "", "folder or address of the data")
	flag.StringVar(&o.lake.Extensions, "extensions", "", "folder of DuckDB's extensions")
	flag.StringVar(&o.dir, "dir", ".", "folder for the files")
	flag.BoolVar(&o.file, "file", false, "load into a database file instead")
	flag.IntVar(&o.loads, "loads", 1000, "number of loads")
	flag.IntVar(&o.lines, "lines", 100, "lines of each")
	flag.IntVar(&o.maintain, "maintain", 50, "loads between maintenance; none if 0")
	flag.IntVar(&o.postmaster, "postmaster", 0, "process ID of PostgreSQL")
	flag.IntVar(&o.every, "every", 50, "loads of a printed group")
	flag.Parse()
	err := func() (err error) {
		if o.lake.Catalog, err = url.Parse(*catalog); err != nil {
			return err
		}
		o.lake.Loader = "bench"
		if o.dir, err = os.MkdirTemp(o.dir, "bench-lake-"); err != nil {
			return err
		}
		defer os.RemoveAll(o.dir)
		return small(context.Background(), o)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "lake:", err)
		os.Exit(1)
	}
}

func (o options) store() store.Options {
	options := store.Options{Path: filepath.Join(o.dir, "calls.duckdb"), Settings: store.Settings{Timezone: "Asia/Kolkata"}, Now: time.Now, MemoryLimit: "1GiB"}
	if !o.file {
		options.Lake = &o.lake
	}
	return options
}

// small loads a few lines at a time.
func small(ctx context.Context, o options) error {
	home, err := reports.NewHome(o.dir, "small", false)
	if err != nil {
		return err
	}
	home.OneSource = true
	const days = 30
	if _, _, err := home.Write(reports.First, days, o.loads*o.lines/4, 0); err != nil { // a call has at least four lines
		return err
	}
	if !o.file {
		if err := store.InitLake(ctx, o.store()); err != nil {
			return err
		}
	}
	spool := filepath.Join(o.dir, "spool")
	if err := os.Mkdir(spool, 0o700); err != nil {
		return err
	}
	var group []cost
	fmt.Println("| loads | time | CPU | CPU of PostgreSQL |\n|---|---|---|---|")
	first := 1
	number := 0
	for day := range days {
		name := home.DayFile(reports.First.AddDate(0, 0, day))
		from, err := os.Open(name)
		if err != nil {
			return err
		}
		defer from.Close()
		lines := bufio.NewReader(from)
		for {
			n, err := appendLines(filepath.Join(spool, filepath.Base(name)), lines, o.lines)
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
			c, err := o.measure(func() error { return o.load(ctx, spool) })
			if err != nil {
				return fmt.Errorf("load %d: %w", number, err)
			}
			group = append(group, c)
			if number++; !o.file && o.maintain > 0 && number%o.maintain == 0 {
				var done store.Maintained
				c, err := o.measure(func() error {
					done, err = store.MaintainLake(ctx, o.store(), store.MaintainOptions{})
					return err
				})
				if err != nil {
					return err
				}
				fmt.Printf("maintenance: %v, CPU %v, of PostgreSQL %v: %+v\n", c.took.Round(time.Millisecond), c.cpu.Round(time.Millisecond), c.postgres, done)
			}
			if number%o.every == 0 || number == o.loads {
				m := medians(group)
				fmt.Printf("| %d to %d | %v | %v | %v |\n", first, number, m.took.Round(time.Millisecond), m.cpu.Round(time.Millisecond), m.postgres.Round(time.Millisecond))
				first, group = number+1, nil
			}
			if number == o.loads {
				return nil
			}
		}
	}
	return nil
}

func (o options) load(ctx context.Context, spool string) error {
	db, err := store.Open(ctx, o.store())
	if err != nil {
		return err
	}
	_, err = db.Load(ctx, store.LoadOptions{SpoolDir: spool, DefaultSource: "main"})
	return errors.Join(err, db.Close())
}

// appendLines appends up to limit lines to a file and returns their number.
func appendLines(path string, from *bufio.Reader, limit int) (n int, err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	for ; n < limit; n++ {
		line, err := from.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
		if _, err := file.Write(line); err != nil {
			return n, err
		}
	}
	return n, nil
}

// cost is what a load takes.
type cost struct{ took, cpu, postgres time.Duration }

func (o options) measure(do func() error) (cost, error) {
	started, cpu, postgres := time.Now(), processorTime(), o.postgresTime()
	err := do()
	return cost{time.Since(started), processorTime() - cpu, o.postgresTime() - postgres}, err
}

func medians(costs []cost) cost {
	median := func(of func(cost) time.Duration) time.Duration {
		var list []time.Duration
		for _, c := range costs {
			list = append(list, of(c))
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	return cost{median(func(c cost) time.Duration { return c.took }), median(func(c cost) time.Duration { return c.cpu }),
		median(func(c cost) time.Duration { return c.postgres })}
}

// processorTime is that of this process.
func processorTime() time.Duration {
	var usage syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &usage)
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// postgresTime is that of PostgreSQL: of its main process, of those that it has started and of those that have ended.
func (o options) postgresTime() (total time.Duration) {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, after, _ := strings.Cut(string(text), ") ")
		fields := strings.Fields(after)
		if parent := fields[1]; parent == strconv.Itoa(o.postmaster) || path == fmt.Sprintf("/proc/%d/stat", o.postmaster) {
			for i, field := range fields[11:15] { // user and system time, and those of ended children
				if ticks, err := strconv.Atoi(field); err == nil && (i < 2 || parent != strconv.Itoa(o.postmaster)) {
					total += time.Duration(ticks) * 10 * time.Millisecond
				}
			}
		}
	}
	return total
}
