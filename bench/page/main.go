// Command page measures what open pages cost the collector: deliveries of calls in progress are sent to callsheet serve while browsers
// follow them, and with no page open.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	go run ./bench/page -callsheet /tmp/callsheet -dir /var/tmp
//
// The cases take turns in rounds, each with a new serve, and it prints the medians. A page is a stream of /live/stream, as a browser has it: of
// all calls, of the wallboard or of a group. Stuck pages open a stream and read nothing of it. Everything runs on this machine, so pages take
// processor time of the collector that browsers elsewhere would not.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"callsheet/bench/reports"
)

// options are the flags.
type options struct {
	callsheet, dir             string
	rounds, pages, rate, calls int
	during                     time.Duration
}

// load is a case: so many deliveries a second, as many as possible if 0, and so many pages.
type load struct{ rate, pages, stuck int }

func main() {
	var o options
	flag.StringVar(&o.callsheet, "callsheet", "", "path of the callsheet program")
	flag.StringVar(&o.dir, "dir", os.TempDir(), "folder for the files, on the disk to be measured")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds to take the median of")
	flag.IntVar(&o.pages, "pages", 200, "pages that are open")
	flag.IntVar(&o.rate, "rate", 1000, "deliveries a second")
	flag.IntVar(&o.calls, "calls", 400, "calls in progress")
	flag.DurationVar(&o.during, "during", time.Minute, "time for each case and round")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "page:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	parent, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	if o.dir, err = os.MkdirTemp(parent, "bench-page-"); err != nil {
		return err
	}
	defer os.RemoveAll(o.dir)
	home, err := reports.NewHome(o.dir, "page", true)
	if err != nil {
		return err
	}
	loads := []load{{o.rate, 0, 0}, {o.rate, o.pages, 0}, {o.rate, o.pages, o.pages / 10}, {0, 0, 0}, {0, o.pages, 0}}
	measured := make([][]result, len(loads))
	for range o.rounds {
		for i, l := range loads {
			r, err := measure(o, home, l)
			if err != nil {
				return fmt.Errorf("%d deliveries a second, %d pages: %w", l.rate, l.pages, err)
			}
			measured[i] = append(measured[i], r)
		}
	}
	fmt.Printf("%d calls in progress, each with three live events and a report; configured as for loads; everything on this machine\n\n", o.calls)
	fmt.Println("| deliveries | pages | stored/s | of that without pages | response, median | p99 | seen after, median | slowest | CPU time of the page | its memory at a quarter | at the end | most |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|---|")
	without := 0.0
	for i, l := range loads {
		print(l, measured[i], &without)
	}
	return nil
}

// print prints the line of a load. without is the rate of the last load without pages.
func print(l load, results []result, without *float64) {
	rate := median(results, func(r result) float64 { return r.perSecond })
	if l.pages == 0 {
		*without = rate
	}
	deliveries, pages := "as many as possible", fmt.Sprint(l.pages)
	if l.rate > 0 {
		deliveries = fmt.Sprint(l.rate, "/s")
	}
	if l.stuck > 0 {
		pages += fmt.Sprintf(" and %d stuck", l.stuck)
	}
	duration := func(of func(result) time.Duration) time.Duration {
		return median(results, of).Round(10 * time.Microsecond)
	}
	memory := func(of func(result) int64) int64 { return median(results, of) >> 20 }
	fmt.Printf("| %s | %s | %.0f | %.2f | %v | %v | %v | %v | %.0f%% | %d MB | %d MB | %d MB |\n", deliveries, pages, rate, rate / *without,
		duration(func(r result) time.Duration { return r.median }), duration(func(r result) time.Duration { return r.p99 }),
		duration(func(r result) time.Duration { return r.seen }), duration(func(r result) time.Duration { return r.slowest }),
		100*median(results, func(r result) float64 { return r.processor }),
		memory(func(r result) int64 { return r.early }), memory(func(r result) int64 { return r.end }), memory(func(r result) int64 { return r.most }))
}

func median[T cmp.Ordered](results []result, of func(result) T) T {
	var values []T
	for _, r := range results {
		values = append(values, of(r))
	}
	slices.Sort(values)
	return values[len(values)/2]
}
