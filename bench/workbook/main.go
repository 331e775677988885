// Command workbook measures how fast callsheet writes a workbook with a million calls, compared with other libraries.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	cargo build --release --manifest-path bench/workbook/rust/Cargo.toml --target-dir /tmp/rust
//	go run ./bench/workbook -callsheet /tmp/callsheet -dir /var/tmp -rust /tmp/rust/release/workbook -excel excel.duckdb_extension
//	go run ./bench/workbook -callsheet /tmp/callsheet -dir /var/tmp -calls 10000000 -daily
//
// Each writes the same 16 columns of the same store, in a separate process, in turn, in rounds; it prints the medians. excelize is its
// stream writer, with rows read as callsheet reads them; rust_xlsxwriter, in constant memory, reads the rows from an existing csv file;
// COPY is that of DuckDB's excel extension, skipped without -excel. With -daily it measures the built-in workbooks of a day, a week and a
// month in a store with a long history.
package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"callsheet/bench/process"
	"callsheet/bench/reports"
	"callsheet/internal/sqlvalue"
	"callsheet/store"
)

type options struct {
	callsheet, dir, rust, excel string
	calls, rounds               int
}

func main() {
	var o options
	flag.StringVar(&o.callsheet, "callsheet", "", "path of the callsheet program")
	flag.StringVar(&o.dir, "dir", ".", "folder for the files")
	flag.StringVar(&o.rust, "rust", "", "path of the program of bench/workbook/rust; skipped if empty")
	flag.StringVar(&o.excel, "excel", "", "path of DuckDB's excel extension; skipped if empty")
	flag.IntVar(&o.calls, "calls", 1_000_000, "calls")
	flag.IntVar(&o.rounds, "rounds", 5, "rounds to take the median of")
	builtIn := flag.Bool("daily", false, "measure the built-in workbooks with a long history")
	stream := flag.String("stream", "", "internal: write a workbook of the database in -dir to this file, with excelize")
	copying := flag.String("copy", "", "internal: write a workbook of the database in -dir to this file, with COPY")
	flag.Parse()
	err := func() error {
		switch {
		case *builtIn:
			return daily(o)
		case *stream != "":
			return streamed(o.dir, *stream)
		case *copying != "":
			return copied(o.dir, o.excel, *copying)
		}
		return compare(o)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "workbook:", err)
		os.Exit(1)
	}
}

var columns = []string{"started_at", "ended_at", "direction", "call_group", "agent", "customer_number", "virtual_number", "agent_number",
	"outcome", "answered", "talk_seconds", "call_seconds", "wait_seconds", "coins", "status", "call_sid"}

// period selects the calls, in order of their start.
const period = "local_day between '2026-09-01' and '2026-09-30' order by started_at, source, direction, call_sid"

// memory is DuckDB's memory limit in all programs.
const memory = "500MB"

func compare(o options) error {
	dir, err := os.MkdirTemp(o.dir, "bench-workbook-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	home, err := reports.NewHome(dir, "calls", true)
	if err != nil {
		return err
	}
	home.OutgoingEvery = 4
	if _, _, err := home.Write(reports.First, 30, o.calls, 0); err != nil {
		return err
	}
	if _, err := process.Measure(o.callsheet, "--config", home.Config, "load"); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	published, out := filepath.Join(home.Data, "published", "calls.duckdb"), filepath.Join(dir, "out.xlsx")
	query := fmt.Sprintf("%s --config %s query calls --period 2026-09 --memory %s --columns %s --format", o.callsheet, home.Config, memory,
		strings.Join(columns, ","))
	rows := filepath.Join(dir, "rows.csv")
	if err := exec.Command("sh", "-c", query+" csv >"+rows).Run(); err != nil {
		return err
	}
	type peer struct {
		name    string
		command []string
	}
	peers := []peer{
		{"callsheet query calls --format xlsx", []string{"sh", "-c", "exec " + query + " xlsx >" + out}},
		{"excelize, stream writer", []string{self, "-dir", published, "-stream", out}},
	}
	if o.rust != "" {
		peers = append(peers, peer{"rust_xlsxwriter, constant memory, from csv", []string{o.rust, rows, out}})
	}
	if o.excel != "" {
		peers = append(peers, peer{"COPY of DuckDB's excel extension", []string{self, "-dir", published, "-excel", o.excel, "-copy", out}})
	}
	results := make([]process.Results, len(peers))
	sizes := make([]int64, len(peers))
	for range o.rounds {
		for i, p := range peers {
			r, err := process.Measure(p.command...)
			if err != nil {
				return err
			}
			results[i] = append(results[i], r)
			info, err := os.Stat(out)
			if err != nil {
				return err
			}
			sizes[i] = info.Size()
		}
	}
	fmt.Printf("%d calls, %d columns, DuckDB with %s, medians of %d rounds; %s\n\n", o.calls, len(columns), memory, o.rounds, home.Used())
	fmt.Println("| | time | relative to excelize | CPU time | memory | file |\n|---|---|---|---|---|---|")
	for i, p := range peers {
		r := results[i].Median()
		fmt.Printf("| %s | %v | %.2f | %v | %d MB | %d MB |\n", p.name, r.Took.Round(10*time.Millisecond),
			results[1].Median().Took.Seconds()/r.Took.Seconds(), r.CPU.Round(10*time.Millisecond), r.Memory>>20, sizes[i]>>20)
	}
	return nil
}

// streamed writes the workbook with excelize's stream writer.
func streamed(database, path string) error {
	ctx := context.Background()
	reader, err := store.OpenReader(ctx, store.Options{Path: database, MemoryLimit: memory, Settings: store.Settings{Timezone: "Asia/Kolkata"}})
	if err != nil {
		return err
	}
	defer reader.Close()
	book := excelize.NewFile()
	stream, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	timestamps, err := book.NewStyle(&excelize.Style{NumFmt: 22})
	if err != nil {
		return err
	}
	n := 1
	write := func(values []any) error {
		for i, value := range values {
			switch value := value.(type) {
			case time.Time:
				values[i] = excelize.Cell{StyleID: timestamps, Value: value}
			case sqlvalue.Date:
				values[i] = excelize.Cell{StyleID: timestamps, Value: time.Time(value)}
			case sqlvalue.LocalTime:
				values[i] = excelize.Cell{StyleID: timestamps, Value: time.Time(value)}
			}
		}
		at, err := excelize.CoordinatesToCellName(1, n)
		if err != nil {
			return err
		}
		n++
		return stream.SetRow(at, values)
	}
	header := func(names []string) error {
		values := make([]any, len(names))
		for i, name := range names {
			values[i] = name
		}
		return write(values)
	}
	if err := reader.SQL(ctx, "select "+strings.Join(columns, ", ")+" from calls where "+period, header, write); err != nil {
		return err
	}
	if err := stream.Flush(); err != nil {
		return err
	}
	return book.SaveAs(path)
}

// copied writes it with DuckDB's excel extension, which has no time zones.
func copied(database, extension, path string) error {
	db, err := sql.Open("duckdb", database+"?access_mode=read_only&allow_unsigned_extensions=true")
	if err != nil {
		return err
	}
	defer db.Close()
	list := strings.ReplaceAll(strings.Join(columns, ", "), "started_at, ended_at", "started_at::timestamp as started_at, ended_at::timestamp as ended_at")
	for _, statement := range []string{
		"set memory_limit = '" + memory + "'", "set timezone = 'Asia/Kolkata'", "load '" + extension + "'",
		"copy (select " + list + " from calls where " + period + ") to '" + path + "' (format xlsx, header true)",
	} {
		if _, err := db.Exec(statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}
