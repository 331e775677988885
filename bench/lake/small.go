package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"

	"callsheet/bench/reports"
	"callsheet/store"
)

// smallStore returns the options of the store of small loads.
func (b *bench) smallStore() (store.Options, error) {
	options := store.Options{Path: filepath.Join(b.dir, "calls.duckdb"), Settings: store.Settings{Timezone: "Asia/Kolkata"}, Now: time.Now, MemoryLimit: "1GiB"}
	if b.file {
		return options, nil
	}
	lake, err := b.lakes.create("small")
	if err != nil {
		return options, err
	}
	catalog, err := url.Parse(lake.Catalog)
	options.Lake = &store.Lake{Catalog: catalog, Data: lake.Data, Extensions: lake.Extensions, Loader: "bench"}
	return options, err
}

// small loads a few lines at a time.
func (b *bench) small(ctx context.Context) error {
	o := b.options
	into, err := b.smallStore()
	if err != nil {
		return err
	}
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
		if err := store.InitLake(ctx, into); err != nil {
			return err
		}
	}
	spool := filepath.Join(o.dir, "spool")
	if err := os.Mkdir(spool, 0o700); err != nil {
		return err
	}
	var group, maintained []cost
	fmt.Printf("small: %d loads of %d lines; %s\n\n", o.loads, o.lines, home.Used())
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
			c, err := o.costOf(func() error { return loadLines(ctx, into, spool) })
			if err != nil {
				return fmt.Errorf("load %d: %w", number, err)
			}
			group = append(group, c)
			if number++; !o.file && o.maintain > 0 && number%o.maintain == 0 {
				var done store.Maintained
				c, err := o.costOf(func() error {
					done, err = store.MaintainLake(ctx, into, store.MaintainOptions{})
					return err
				})
				if err != nil {
					return err
				}
				maintained = append(maintained, c)
				fmt.Fprintf(os.Stderr, "maintenance: %v: %+v\n", c, done)
			}
			if number%o.every == 0 || number == o.loads {
				fmt.Printf("| %d to %d | %v |\n", first, number, medians(group))
				first, group = number+1, nil
			}
			if number == o.loads {
				if len(maintained) > 0 {
					fmt.Printf("| maintenance, after every %d | %v |\n", o.maintain, medians(maintained))
				}
				fmt.Println()
				return nil
			}
		}
	}
	return nil
}

func loadLines(ctx context.Context, into store.Options, spool string) error {
	db, err := store.Open(ctx, into)
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
