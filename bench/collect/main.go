// Command collect measures how fast callsheet receives reports, compared with servers that do less.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	(cd bench/benthos && go build -o /tmp/benthos .)
//	go run ./bench/collect -callsheet /tmp/callsheet -benthos /tmp/benthos -dir /var/tmp
//
// All servers are measured with the same client in rounds of one run; it prints the medians of the rounds. The files are in -dir, which
// must be on the disk to be measured. With -overload it measures callsheet under overload instead, with -slow the memory of slow senders,
// with -hostile the cost of large requests.
package main

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// options are the flags.
type options struct {
	callsheet, benthos, dir, only, connections string
	rounds, inFlight                           int
	during                                     time.Duration
}

func main() {
	var o options
	flag.StringVar(&o.callsheet, "callsheet", "", "path of the callsheet program, or several, separated by commas")
	flag.StringVar(&o.benthos, "benthos", "", "path of the benthos program; skipped if empty")
	flag.StringVar(&o.dir, "dir", ".", "folder for the files")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds to take the median of")
	flag.IntVar(&o.inFlight, "in-flight", 0, "callsheet's collector.limits.in_flight; the default if 0")
	flag.DurationVar(&o.during, "during", 3*time.Second, "time for each server, number of connections and round")
	flag.StringVar(&o.only, "only", "", "measure one server: bare, callsheet, sync or benthos")
	flag.StringVar(&o.connections, "connections", "1,64,256", "numbers of connections")
	overloadTime := flag.Duration("overload", 0, "measure an overload of this duration instead")
	slow := flag.Bool("slow", false, "measure the memory of 5,000 slow senders instead")
	hostileRequests := flag.Bool("hostile", false, "measure large requests instead")
	plain := flag.String("plain", "", "internal: run a plain server of this kind")
	good := flag.String("good", "", "internal: run the good client of the collector at this address")
	listen := flag.String("listen", "", "internal: its address")
	file := flag.String("file", "", "internal: its file")
	flag.Parse()
	err := func() error {
		if *plain != "" {
			return servePlain(*plain, *listen, *file)
		}
		if *good != "" {
			return goodClient(*good, o.during)
		}
		dir, err := os.MkdirTemp(o.dir, "bench-collect-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		o.dir = dir
		if *overloadTime > 0 {
			return overload(o, *overloadTime)
		}
		if *slow {
			return slowSenders(o)
		}
		if *hostileRequests {
			return hostile(o)
		}
		return compare(o)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "collect:", err)
		os.Exit(1)
	}
}

// compare prints a table of servers by connections.
func compare(o options) error {
	servers, err := startAll(o)
	defer func() {
		for _, s := range servers {
			s.stop()
		}
	}()
	if err != nil {
		return err
	}
	synced, err := syncTime(o.dir)
	if err != nil {
		return err
	}
	fmt.Printf("one write and fdatasync of a line: median %v\n\n", synced.Round(time.Microsecond))
	fmt.Println("| connections | server | requests/s | relative to bare | median | p99 | CPU time of the server |")
	fmt.Println("|---|---|---|---|---|---|---|")
	var beyond []string // what the other servers take with one connection beyond the sync server
	for text := range strings.SplitSeq(o.connections, ",") {
		connections, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		measured := map[string]*medians{}
		for range o.rounds {
			for _, s := range servers {
				_, before, err := s.usage()
				if err != nil {
					return err
				}
				r, err := sendLoad(s.address, s.path, connections, o.during, 0)
				if err != nil {
					return err
				}
				_, after, err := s.usage()
				if err != nil {
					return err
				}
				if r.failed > 0 || len(r.statuses) != 1 || len(r.times) == 0 {
					return fmt.Errorf("%s did not respond to every request: %v, %d connections broke", s.name, r.statuses, r.failed)
				}
				if measured[s.name] == nil {
					measured[s.name] = &medians{}
				}
				measured[s.name].add(r, after-before)
			}
		}
		for _, s := range servers {
			ratio := "" // without the bare server
			if bare := measured["bare"]; bare != nil {
				ratio = fmt.Sprintf("%.2f", median(measured[s.name].rates)/median(bare.rates))
			}
			m := measured[s.name]
			fmt.Printf("| %d | %s | %.0f | %s | %v | %v | %v |\n", connections, s.name, median(m.rates), ratio,
				median(m.middles).Round(time.Microsecond), median(m.p99s).Round(time.Microsecond), median(m.perReport).Round(100*time.Nanosecond))
			if plain := measured["sync"]; plain != nil && connections == 1 && !isPlain(s.name) {
				beyond = append(beyond, fmt.Sprintf("%s: median of sync + %v, processor time of sync + %v", s.name,
					(median(m.middles)-median(plain.middles)).Round(time.Microsecond), (median(m.perReport)-median(plain.perReport)).Round(100*time.Nanosecond)))
			}
		}
	}
	if len(beyond) > 0 {
		fmt.Println("\nWith one connection, " + strings.Join(beyond, "; "))
	}
	return nil
}

func isPlain(server string) bool { return server == "bare" || server == "sync" }

// startAll starts the servers to measure.
func startAll(o options) (servers []*server, err error) {
	add := func(kind string, starter func() (*server, error)) {
		if err != nil || o.only != "" && kind != o.only {
			return
		}
		var s *server
		if s, err = starter(); err == nil {
			servers = append(servers, s)
		}
	}
	add("bare", func() (*server, error) { return startPlain("bare", o.dir) })
	for program := range strings.SplitSeq(o.callsheet, ",") {
		add("callsheet", func() (*server, error) { return startCallsheet(program, o.dir, o.inFlight) })
	}
	add("sync", func() (*server, error) { return startPlain("sync", o.dir) })
	if o.benthos != "" {
		add("benthos", func() (*server, error) { return startBenthos(o.benthos, o.dir) })
	}
	return servers, err
}

// medians are the results of the rounds.
type medians struct {
	rates                    []float64
	middles, p99s, perReport []time.Duration
}

func (m *medians) add(r result, processor time.Duration) {
	m.rates = append(m.rates, r.perSecond())
	m.middles = append(m.middles, r.quantile(0.5))
	m.p99s = append(m.p99s, r.quantile(0.99))
	m.perReport = append(m.perReport, processor/time.Duration(len(r.times)))
}

func median[T cmp.Ordered](values []T) T {
	return slices.Sorted(slices.Values(values))[len(values)/2]
}
