package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"callsheet/internal/spool"
	"callsheet/queries"
)

// content identifies a sequence of lines.
type content struct {
	lines int64
	hash  uint64
}

func (at position) content() content { return content{at.lines, at.linesHash} }

// loadedContents identifies copies and renamed files by the loaded content.
type loadedContents struct {
	firstLines map[uint64]bool // hashes
	files      map[content]string
	missing    map[string]bool // files that are no longer in the spool
}

func newLoadedContents(known map[string]position, files []spool.File) loadedContents {
	c := loadedContents{map[uint64]bool{}, map[content]string{}, map[string]bool{}}
	for name, at := range known {
		if at.firstHash != nil && at.lines > 0 && !at.changed {
			c.firstLines[*at.firstHash] = true
			c.files[at.content()] = name
			c.missing[name] = true
		}
	}
	for _, file := range files {
		delete(c.missing, file.Name)
	}
	return c
}

// longestPrefix returns the loaded file whose whole content is the longest prefix of a new file, and the position after that prefix;
// name is empty if there is none. first is the hash of the new file's first line, nil if it has none.
func (c loadedContents) longestPrefix(file spool.File) (end position, name string, first *uint64, err error) {
	reader, err := file.Open(0)
	if err != nil {
		return end, "", nil, err
	}
	defer reader.Close()
	now := position{}
	for {
		if _, _, err := now.readLine(reader); errors.Is(err, io.EOF) {
			return end, name, now.firstHash, nil
		} else if err != nil {
			return end, name, now.firstHash, err
		}
		if now.lines == 1 && !c.firstLines[*now.firstHash] {
			return end, "", now.firstHash, nil
		}
		if found, ok := c.files[now.content()]; ok {
			end, name = now, found
		}
	}
}

// renameFile renames a loaded file in spool_files, the rejects and the events.
func (s *Store) renameFile(ctx context.Context, from, to string) error {
	return s.moveRows(ctx, from, to, "delete_renamed_spool_file", "rename_spool_file")
}

// mergeFile removes a file from spool_files and moves its rejects and events to another file with the same lines.
func (s *Store) mergeFile(ctx context.Context, file, same string) error {
	return s.moveRows(ctx, file, same, "delete_spool_file")
}

func (s *Store) moveRows(ctx context.Context, from, to string, positionSteps ...string) error {
	err := s.inTransaction(ctx, func(tx *sql.Tx) error {
		for _, step := range append(positionSteps, "move_rejects", "move_other_events") {
			if _, err := tx.ExecContext(ctx, queries.SQL("load/"+step), sql.Named("from", from), sql.Named("to", to)); err != nil {
				return fmt.Errorf("%s: %w", step, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("renaming %s to %s: %w", from, to, err)
	}
	return nil
}

// sharePrefix reports whether all lines of one file are a prefix of the other.
func sharePrefix(a, b spool.File) (bool, error) {
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

// mergeMissing merges missing files into spool files with the same lines.
func (s *Store) mergeMissing(ctx context.Context, known map[string]position, problems problems) error {
	present := map[content]string{}
	for name, at := range known {
		if problems[name] == "" && !at.changed {
			present[at.content()] = name
		}
	}
	for name := range problems {
		same, ok := present[known[name].content()]
		if !ok {
			continue
		}
		if err := s.mergeFile(ctx, name, same); err != nil {
			return err
		}
		delete(problems, name)
		delete(known, name)
	}
	return nil
}
