package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"callsheet/spool"
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
// with none.
func (c contents) begins(file spool.File) (at position, of string, err error) {
	if len(c.first) == 0 {
		return at, "", nil
	}
	reader, err := file.Open(0)
	if err != nil {
		return at, "", err
	}
	defer reader.Close()
	now := position{}
	for {
		if _, _, err := now.readLine(reader); errors.Is(err, io.EOF) {
			return at, of, nil
		} else if err != nil {
			return at, of, err
		}
		if now.lines == 1 && !c.first[*now.firstHash] {
			return at, "", nil
		}
		if name, ok := c.files[[2]uint64{uint64(now.lines), now.linesHash}]; ok {
			at, of = now, name
		}
	}
}

// rename gives what was loaded of a file to the one that has its content now.
func (s *Store) rename(ctx context.Context, from, to string) error {
	return s.inTransaction(ctx, func(tx *sql.Tx) error {
		for _, table := range []string{"spool_files", "rejects", "other_events"} {
			if _, err := tx.ExecContext(ctx, "update "+table+" set file = ? where file = ?", to, from); err != nil {
				return fmt.Errorf("renaming %s to %s: %w", from, to, err)
			}
		}
		return nil
	})
}
