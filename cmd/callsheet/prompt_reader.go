package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"time"
)

// maxRows are the rows that a statement shows. Nobody reads more, and DuckDB keeps a whole result in memory, whatever its limit.
const maxRows = 10_000

// open opens what is published, anew if there is a newer one by now. What it has open is closed first: DuckDB would go on with
// the old file as long as any connection of ours has it.
func (p *prompt) open(ctx context.Context) error {
	file, err := os.Stat(readFrom(p.config)) // before it is opened, so that what replaces it meanwhile is noticed later
	if err != nil {
		return fmt.Errorf("%w\nhint: run callsheet load first", err)
	}
	if p.reader != nil && sameFile(file, p.file) {
		return nil
	}
	if err := p.close(); err != nil {
		return err
	}
	reader, err := p.app.reader(ctx, p.config, time.Time{}, p.limits.memory, 1)
	if err != nil {
		return err
	}
	isNewer := p.file != nil && !sameFile(file, p.file)
	p.reader, p.file = reader, file
	if isNewer {
		fmt.Fprintln(p.stderr, "newer data:", p.published())
	}
	if p.words, err = knownWords(ctx, reader); err != nil {
		fmt.Fprintln(p.stderr, "nothing to complete with Tab:", err) // no reason to answer nothing
	}
	return nil
}

func sameFile(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

func (p *prompt) close() error {
	if p.reader == nil {
		return nil
	}
	err := p.reader.Close()
	p.reader = nil
	return err
}

// published says of when the data are.
func (p *prompt) published() string {
	return "published " + p.file.ModTime().In(p.config.Zone()).Format(time.DateTime)
}

// ask runs a statement and says whether there are more rows than it gives.
func (p *prompt) ask(ctx context.Context, statement string, out *output) (more bool, err error) {
	errMore := errors.New("more rows")
	row := func(values []any) error {
		if out.written == maxRows {
			return errMore
		}
		return out.row(values)
	}
	// DuckDB stops by itself at a limit. What cannot stand in from (…), like explain, fails before it runs and is then run as
	// it is; so is a slip, to have its place in the words that were typed.
	err = p.reader.SQL(ctx, fmt.Sprintf("from (%s\n) limit %d", statement, maxRows+1), out.header, row)
	if isRefused(err) {
		err = p.reader.SQL(ctx, statement, out.header, row)
	}
	if errors.Is(err, errMore) {
		return true, nil
	}
	return false, err
}

// isRefused tells that DuckDB did not begin to run a statement.
func isRefused(err error) bool {
	if err == nil {
		return false
	}
	for _, kind := range []string{"Parser Error", "Binder Error", "Catalog Error"} {
		if strings.HasPrefix(err.Error(), kind) {
			return true
		}
	}
	return false
}

// limited runs do until it is done, its time is over or somebody presses Ctrl-C.
func (p *prompt) limited(ctx context.Context, do func(ctx context.Context) error) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	err := p.limits.run(ctx, do)
	if err != nil && ctx.Err() != nil {
		return errors.New("stopped")
	}
	return err
}
