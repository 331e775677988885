// Command lake measures a lake, compared with a database file: the catalog in PostgreSQL, which is on this machine, and the data in a bucket or a
// folder.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	go run ./bench/lake -callsheet /tmp/callsheet -dir /var/tmp -catalog postgres://me@localhost/postgres \
//	  -data 's3://bucket/bench/?endpoint=http://localhost:9000&use_path_style=true' -extensions ~/.duckdb/extensions -only bulk,queries,two,mixed
//
// bulk loads two years of calls into a file and into a lake, from the same spool, then publishes the file, maintains the lake, and copies the file into
// another lake. queries runs the standard queries over the last month, with the file and with the lake in turn, in rounds; it prints the medians.
// Readers of the file use the published copy, and the lake has been maintained, as by serve. two divides the calls between the spools of two
// collectors, and loads both at once into an empty lake, compared with the lake of bulk. mixed does so with deliveries: those of a call go to both
// collectors. With GOMAXPROCS=1 a loader uses one core, so that two of them can use two. Each measurement is a process of callsheet, with its own
// limits of memory and threads. The calls of the file and of the lakes must be equal.
//
// small loads a month of calls in many small loads, each of as many lines, as by a collector of few calls, with maintenance after every so many. It
// prints the medians of the time of a load, of its processor time, and of that of PostgreSQL, for groups of loads. With -file it loads the same into a
// database file.
//
// Each lake has a database of its own on the server of -catalog. The program psql creates it, beside the given one, and drops it at the end, so the
// user must be allowed to. The data is in a new folder below -data. That of a bucket stays there; the last line of the output says where. A run that is
// killed leaves both. For each 1,000,000 calls, some 3 GB in -dir and 2 GB for the data are needed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

type options struct {
	callsheet, dir, only          string
	catalog, data, extensions     string
	calls, rounds                 int
	file                          bool
	loads, lines, maintain, every int
	postmaster                    int
}

func main() {
	var o options
	flag.StringVar(&o.callsheet, "callsheet", "", "path of the callsheet program")
	flag.StringVar(&o.dir, "dir", ".", "folder for the files")
	flag.StringVar(&o.catalog, "catalog", "", "URL of a database of the server; the password is in PGPASSWORD")
	flag.StringVar(&o.data, "data", "", "folder or address of the data, as store.lake.data")
	flag.StringVar(&o.extensions, "extensions", "", "folder of DuckDB's extensions")
	flag.StringVar(&o.only, "only", "", "some of bulk, queries, two, mixed and small, separated by commas")
	flag.IntVar(&o.calls, "calls", 10_000_000, "calls of the two years")
	flag.IntVar(&o.rounds, "rounds", 5, "queries: rounds to take the median of")
	flag.BoolVar(&o.file, "file", false, "small: load into a database file instead")
	flag.IntVar(&o.loads, "loads", 1000, "small: number of loads")
	flag.IntVar(&o.lines, "lines", 100, "small: lines of each")
	flag.IntVar(&o.maintain, "maintain", 50, "small: loads between maintenance; none if 0")
	flag.IntVar(&o.postmaster, "postmaster", 0, "small: process ID of PostgreSQL")
	flag.IntVar(&o.every, "every", 50, "small: loads of a printed group")
	flag.Parse()
	if err := run(context.Background(), o); err != nil {
		fmt.Fprintln(os.Stderr, "lake:", err)
		os.Exit(1)
	}
}

// bench is a run.
type bench struct {
	options
	lakes  lakes
	stores *stores // of loadStores
}

var parts = []struct {
	name string
	run  func(*bench, context.Context) error
}{{"bulk", (*bench).bulk}, {"queries", (*bench).queries}, {"two", (*bench).two}, {"mixed", (*bench).mixed}, {"small", (*bench).small}}

func run(ctx context.Context, o options) (err error) {
	parent, err := filepath.Abs(o.dir) // a path in a configuration is relative to its file
	if err != nil {
		return err
	}
	if o.dir, err = os.MkdirTemp(parent, "bench-lake-"); err != nil {
		return err
	}
	defer os.RemoveAll(o.dir)
	b := &bench{options: o, lakes: lakes{catalog: o.catalog, data: o.data, extensions: o.extensions, name: filepath.Base(o.dir)}}
	defer func() { err = errors.Join(err, b.lakes.drop()) }()
	for _, part := range parts {
		if o.only == "" || slices.Contains(strings.Split(o.only, ","), part.name) {
			if err := part.run(b, ctx); err != nil {
				return fmt.Errorf("%s: %w", part.name, err)
			}
		}
	}
	return nil
}
