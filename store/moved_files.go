package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"callsheet/internal/spool"
)

// contents are what was loaded of files, to know a copy or a renamed file by its lines.
type contents struct {
	first map[uint64]bool      // hashes of first lines
	files map[[2]uint64]string // by the number of lines and the sum of their hashes
	gone  map[string]bool      // not in the spool any more
}

func newContents(known map[string]position, files []spool.File) contents {
	c := contents{map[uint64]bool{}, map[[2]uint64]string{}, map[string]bool{}}
	for name, at := range known {
		if at.firstHash != nil && at.lines > 0 && !at.changed {
			c.first[*at.firstHash] = true
			c.files[[2]uint64{uint64(at.lines), at.linesHash}] = name
			c.gone[name] = true
		}
	}
	for _, file := range files {
		delete(c.gone, file.Name)
	}
	return c
}

// begins reads a new file and returns where the longest content that it begins with ends, and whose that is; empty when it begins
// with none. first is the hash of its first line, nil if it has none.
func (c contents) begins(file spool.File) (at position, of string, first *uint64, err error) {
	reader, err := file.Open(0)
	if err != nil {
		return at, "", nil, err
	}
	defer reader.Close()
	now := position{}
	for {
		if _, _, err := now.readLine(reader); errors.Is(err, io.EOF) {
			return at, of, now.firstHash, nil
		} else if err != nil {
			return at, of, now.firstHash, err
		}
		if now.lines == 1 && !c.first[*now.firstHash] {
			return at, "", now.firstHash, nil
		}
		if name, ok := c.files[[2]uint64{uint64(now.lines), now.linesHash}]; ok {
			at, of = now, name
		}
	}
}

// rename gives what was loaded of a file to the one that has its content now.
func (s *Store) rename(ctx context.Context, from, to string) error {
	return s.moveRows(ctx, from, to, "update spool_files set file = $to where file = $from")
}

// forget removes a file from the ledger, and gives its rejects and events to another that has the same lines.
func (s *Store) forget(ctx context.Context, file, same string) error {
	return s.moveRows(ctx, file, same, "delete from spool_files where file = $from")
}

func (s *Store) moveRows(ctx context.Context, from, to, ledger string) error {
	err := s.inTransaction(ctx, func(tx *sql.Tx) error {
		for _, statement := range []string{ledger, "update rejects set file = $to where file = $from", "update other_events set file = $to where file = $from"} {
			if _, err := tx.ExecContext(ctx, statement, sql.Named("from", from), sql.Named("to", to)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("renaming %s to %s: %w", from, to, err)
	}
	return nil
}

// beginAlike reports whether one of two files begins with all lines of the other.
func beginAlike(a, b spool.File) (bool, error) {
	first, err := a.Open(0)
	if err != nil {
		return false, err
	}
	defer first.Close()
	second, err := b.Open(0)
	if err != nil {
		return false, err
	}
	defer second.Close()
	for {
		line, err := first.Next()
		other, otherErr := second.Next()
		switch {
		case errors.Is(err, io.EOF) || errors.Is(otherErr, io.EOF):
			return true, nil
		case err != nil || otherErr != nil:
			return false, errors.Join(err, otherErr)
		case line.Length != other.Length || !bytes.Equal(line.Text, other.Text):
			return false, nil
		}
	}
}

// forgetCopies forgets the files that are gone and whose lines another file of the spool still has.
func (s *Store) forgetCopies(ctx context.Context, known map[string]position, problems problems) error {
	present := map[[2]uint64]string{}
	for name, at := range known {
		if problems[name] == "" && !at.changed {
			present[[2]uint64{uint64(at.lines), at.linesHash}] = name
		}
	}
	for name := range problems {
		at := known[name]
		same, ok := present[[2]uint64{uint64(at.lines), at.linesHash}]
		if !ok {
			continue
		}
		if err := s.forget(ctx, name, same); err != nil {
			return err
		}
		delete(problems, name)
		delete(known, name)
	}
	return nil
}
