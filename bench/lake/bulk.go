package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"callsheet/bench/process"
	"callsheet/bench/reports"
)

// bulk loads all calls into a file and into a lake, and measures what comes after.
func (b *bench) bulk(context.Context) error {
	s, err := b.loadStores()
	if err != nil {
		return err
	}
	fileSize, lakeSize, err := s.sizes()
	if err != nil {
		return err
	}
	_, days := reports.Months(months)
	fmt.Printf("bulk: %d calls in %d months, every fourth outgoing, %d lines, %d MB in %d files, without publishing; %s\n\n",
		b.calls, months, s.lines, s.bytes/1e6, days, s.file.Used())
	fmt.Println("| load into | time | calls/s | lines/s | of the file's rate | CPU time | memory | size |\n|---|---|---|---|---|---|---|---|")
	for _, row := range []struct {
		into string
		cost process.Result
		size int64
	}{{"a database file", s.loadFile, fileSize}, {"a lake", s.loadLake, lakeSize}} {
		seconds := row.cost.Took.Seconds()
		fmt.Printf("| %s | %v | %.0f | %.0f | %.2f | %v | %d MB | %d MB |\n", row.into, round(row.cost.Took), float64(b.calls)/seconds, float64(s.lines)/seconds,
			s.loadFile.Took.Seconds()/seconds, round(row.cost.CPU), row.cost.Memory>>20, row.size/1e6)
	}
	fmt.Println("\n| afterwards | time | CPU time | memory |\n|---|---|---|---|")
	return b.afterwards(s)
}

// afterwards measures what is done with a file and a lake after a large load.
func (b *bench) afterwards(s *stores) error {
	// The file is copied into another lake by a machine that has the same data_dir.
	copied := *s.file
	copied.Config = filepath.Join(b.dir, "copied.yaml")
	var err error
	if copied.Lake, err = b.lakes.create("copied"); err != nil {
		return err
	}
	if err := copied.Configure(false); err != nil {
		return err
	}
	month := filepath.Join(b.dir, "month.duckdb")
	for _, step := range []struct {
		name string
		home *reports.Home
		args []string
	}{
		{"maintain the lake", s.lake, []string{"maintain", "--limit", "24h"}},
		{"migrate --to-lake: the file into another lake", &copied, []string{"migrate", "--to-lake"}},
		{"publish the whole file", s.file, nil},
		{"publish a month from the file", s.file, []string{"publish", month, "--period", lastMonth}},
		{"publish a month from the lake", s.lake, []string{"publish", month, "--period", lastMonth}},
	} {
		measure := func() (process.Result, error) { return b.measure(step.home, step.args...) }
		if step.args == nil {
			measure = func() (process.Result, error) { return b.publish(s) }
		}
		cost, err := measure()
		if err != nil {
			return err
		}
		fmt.Printf("| %s | %v | %v | %d MB |\n", step.name, round(cost.Took), round(cost.CPU), cost.Memory>>20)
	}
	fmt.Println()
	if err := b.checkContent(&copied); err != nil {
		return err
	}
	return os.Remove(month)
}

// publish publishes the file, which from then on is what readers see. Again, it does next to nothing.
func (b *bench) publish(s *stores) (process.Result, error) {
	if err := s.file.Configure(true); err != nil {
		return process.Result{}, err
	}
	return b.measure(s.file, "load")
}

// sizes returns the bytes of the database file and of the Parquet files.
func (s *stores) sizes() (file, lake int64, err error) {
	info, err := os.Stat(filepath.Join(s.file.Data, "calls.duckdb"))
	if err != nil {
		return 0, 0, err
	}
	out, err := psql(s.lake.Lake.Catalog, "select coalesce(sum(file_size_bytes), 0) from ducklake_data_file where end_snapshot is null")
	if err == nil {
		_, err = fmt.Sscan(out, &lake)
	}
	return info.Size(), lake, err
}
