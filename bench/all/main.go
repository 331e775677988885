// Command all runs every benchmark, one after the other, each with the peers that are there, and prints the tables of medians.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	go run ./bench/all -callsheet /tmp/callsheet -dir /var/tmp -write docs/performance.md
//	go run ./bench/all -callsheet /tmp/callsheet -dir /var/tmp -only queries
//
// With -write, the tables replace those of the file, which are between <!-- bench NAME --> and <!-- end -->. It takes some two hours and 30
// GB in -dir, mostly for stores of 10,000,000 calls, and with a lake more: see bench/lake. The machine must have nothing else to do.
//
// Optional peers; without one its row is left out, which is said:
//
//	-benthos   (cd bench/benthos && go build -o /tmp/benthos .)
//	-python    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install duckdb pandas; then /tmp/venv/bin/python
//	-rust      cargo build --release --manifest-path bench/workbook/rust/Cargo.toml --target-dir /tmp/rust; then /tmp/rust/release/workbook
//	-excel     DuckDB's excel extension, of the version that callsheet has: excel.duckdb_extension
//
// A lake needs a server and a bucket, or a folder; without them its benchmarks are left out, which is said. -catalog is a database of the server, where
// the user may create others, -data what store.lake.data has, and -extensions DuckDB's folder of extensions.
//
// To compare two commits, on a machine that may do other things as well:
//
//	go run ./bench/all -quick -callsheet /tmp/after -before /tmp/before
//
// That runs both programs in turn on the same deliveries for some minutes, and prints the ratios.
package main

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

type options struct {
	callsheet, before, dir, only, write string
	benthos, python, rust, excel        string
	catalog, data, extensions           string
}

func main() {
	var o options
	flag.StringVar(&o.callsheet, "callsheet", "", "path of the callsheet program")
	flag.StringVar(&o.before, "before", "", "with -quick: path of the callsheet program to compare with")
	flag.StringVar(&o.dir, "dir", os.TempDir(), "folder for the files, on the disk to be measured")
	flag.StringVar(&o.only, "only", "", "one benchmark: "+strings.Join(names(), ", "))
	flag.StringVar(&o.write, "write", "", "file whose tables to replace, such as docs/performance.md")
	flag.StringVar(&o.benthos, "benthos", "", "path of the benthos program")
	flag.StringVar(&o.python, "python", "", "path of a Python with duckdb and pandas")
	flag.StringVar(&o.rust, "rust", "", "path of the program of bench/workbook/rust")
	flag.StringVar(&o.excel, "excel", "", "path of DuckDB's excel extension")
	flag.StringVar(&o.catalog, "catalog", "", "URL of a database of the server that has the catalogs of lakes")
	flag.StringVar(&o.data, "data", "", "folder or address of the data of lakes")
	flag.StringVar(&o.extensions, "extensions", "", "folder of DuckDB's extensions")
	quick := flag.Bool("quick", false, "compare -callsheet with -before and print ratios")
	flag.Parse()
	err := func() error {
		switch {
		case o.callsheet == "":
			return fmt.Errorf("-callsheet is missing")
		case *quick && o.before == "":
			return fmt.Errorf("-before is missing")
		case *quick:
			return compare(o)
		}
		return runAll(o)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "all:", err)
		os.Exit(1)
	}
}

// benchmark is a run of one of the programs in bench.
type benchmark struct {
	name    string
	program string
	args    []string
	peers   []peer
}

// flags returns the flags that every program in bench has, but for that of start, which compares several programs and writes nothing.
func (b benchmark) flags(o options, dir string) []string {
	if b.program == "start" {
		return []string{"-programs", o.callsheet}
	}
	return []string{"-callsheet", o.callsheet, "-dir", dir}
}

// peer is a flag of the program that names what to compare with.
type peer struct {
	flag, name string
	path       func(options) string
}

// lakePeers are what a lake consists of.
var lakePeers = []peer{{"-catalog", "PostgreSQL", func(o options) string { return o.catalog }},
	{"-data", "a bucket", func(o options) string { return o.data }},
	{"-extensions", "DuckDB's extensions", func(o options) string { return o.extensions }}}

var benchmarks = []benchmark{
	{"collect", "collect", []string{"-rounds", "41", "-during", "500ms"}, []peer{{"-benthos", "Benthos", func(o options) string { return o.benthos }}}},
	{"overload", "collect", []string{"-overload", "60s"}, nil},
	{"slow", "collect", []string{"-slow", "-during", "12s"}, nil},
	{"hostile", "collect", []string{"-hostile"}, nil},
	{"load", "load", []string{"-only", "bulk"}, []peer{{"-python", "pandas", func(o options) string { return o.python }}}},
	{"incremental", "load", []string{"-only", "incremental", "-calls", "10000000"}, nil},
	{"publish", "load", []string{"-only", "publish", "-calls", "10000000"}, nil},
	{"nothing", "load", []string{"-only", "nothing"}, nil},
	{"import", "import", []string{"-calls", "300000"}, nil},
	{"queries", "queries", nil, nil},
	{"workbook", "workbook", nil, []peer{{"-rust", "rust_xlsxwriter", func(o options) string { return o.rust }},
		{"-excel", "DuckDB's excel extension", func(o options) string { return o.excel }}}},
	{"daily", "workbook", []string{"-daily", "-calls", "10000000", "-rounds", "3"}, nil},
	{"page", "page", nil, nil},
	{"lake", "lake", []string{"-only", "bulk,queries,two,mixed"}, lakePeers},
	{"lake-small", "lake", []string{"-only", "small"}, lakePeers},
	{"start", "start", nil, []peer{{"-python", "Python", func(o options) string { return o.python }}}},
}

// missing returns the flag without which the benchmark cannot run, empty if it can. Peers of others are only compared with.
func (b benchmark) missing(o options) string {
	if b.program == "lake" {
		for _, peer := range b.peers {
			if peer.path(o) == "" {
				return peer.flag
			}
		}
	}
	return ""
}

func names() (all []string) {
	for _, b := range benchmarks {
		all = append(all, b.name)
	}
	return all
}

// runAll runs the benchmarks, prints their tables and writes them to the document. One that fails does not stop the others.
func runAll(o options) error {
	failed := 0
	for _, b := range benchmarks {
		if o.only != "" && o.only != b.name {
			continue
		}
		if flag := b.missing(o); flag != "" {
			fmt.Fprintf(os.Stderr, "%s: left out without %s\n", b.name, flag)
			continue
		}
		table, err := b.run(o)
		if err == nil {
			fmt.Printf("## %s\n\n%s\n", b.name, table)
			if o.write != "" {
				err = replaceTable(o.write, b.name, table)
			}
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", b.name, err)
			failed++
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d benchmarks failed", failed)
	}
	return nil
}

// run builds and runs the program and returns what it prints, below a line that says when and with what it was measured.
func (b benchmark) run(o options) (string, error) {
	dir, err := os.MkdirTemp(o.dir, "bench-all-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	program, err := build(b.program, dir)
	if err != nil {
		return "", err
	}
	about := fmt.Sprintf("%s, %s, %d cores, %s", time.Now().Format(time.DateOnly), version(o.callsheet), runtime.NumCPU(), processor())
	args := append(b.flags(o, dir), b.args...)
	for _, peer := range b.peers {
		if path := peer.path(o); path != "" {
			args = append(args, peer.flag, path)
		} else {
			about += "; without " + peer.name
		}
	}
	var out bytes.Buffer
	command := exec.Command(program, args...)
	command.Stdout, command.Stderr = &out, os.Stderr
	if err := command.Run(); err != nil {
		return "", err
	}
	return about + "\n\n" + strings.TrimSpace(out.String()) + "\n", nil
}

// build compiles a program in bench and returns its path.
func build(name, dir string) (string, error) {
	path := filepath.Join(dir, "bench-"+name)
	if out, err := exec.Command("go", "build", "-o", path, "./bench/"+name).CombinedOutput(); err != nil {
		return "", fmt.Errorf("building bench/%s: %w\n%s", name, err, out)
	}
	return path, nil
}

// version returns the first line of callsheet --version.
func version(callsheet string) string {
	out, _ := exec.Command(callsheet, "--version").Output()
	line, _, _ := strings.Cut(string(out), "\n")
	return cmp.Or(line, callsheet)
}

// processor returns the model of the processor, or its architecture where Linux does not tell.
func processor() string {
	text, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, _ := strings.Cut(string(text), "model name")
	line, _, _ := strings.Cut(rest, "\n")
	return cmp.Or(strings.Trim(line, "\t: "), runtime.GOARCH)
}

// replaceTable replaces the text between the marks of a benchmark.
func replaceTable(path, name, table string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	begin, end := "<!-- bench "+name+" -->\n", "<!-- end -->\n"
	before, rest, found := strings.Cut(string(text), begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		return fmt.Errorf("%s has no place for the table: a line %sand a line %s", path, begin, end)
	}
	return os.WriteFile(path, []byte(before+begin+"\n"+table+"\n"+end+after), 0o644)
}
