package importer

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"callsheet/internal/spool"
)

// candidates is a temporary file with the deliveries of an import: one object a line, a payload or a line of another spool.
type candidates struct {
	file  *os.File
	lines *bufio.Writer
	list  []candidate
}

// candidate is what is kept in memory of a delivery, of which a file may have millions.
type candidate struct {
	place         int64  // number of its line, row, item or object in the file
	call, content uint64 // of its identity
	isRow         bool   // of an export, and not a line of another spool
	legA          bool   // of its identity
}

// RemoveTemporary removes the temporary files of an import that was killed. No other import may be running.
func RemoveTemporary(dir string) {
	entries, _ := os.ReadDir(dir) // which may be missing
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), "import-") {
			_ = os.RemoveAll(filepath.Join(dir, entry.Name())) // the next import tries again
		}
	}
}

// newCandidates creates the file in a folder, which it creates if it is missing.
func newCandidates(dir string) (*candidates, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("temporary folder: %w", err)
	}
	file, err := os.CreateTemp(dir, "import-*.ndjson")
	if err != nil {
		return nil, fmt.Errorf("temporary file: %w", err)
	}
	return &candidates{file: file, lines: bufio.NewWriterSize(file, 1<<20)}, nil
}

func (c *candidates) add(one candidate, object []byte) error {
	c.list = append(c.list, one)
	c.lines.Write(object)
	return c.lines.WriteByte('\n') // reports errors of earlier writes too
}

// reset removes all candidates.
func (c *candidates) reset() error {
	err := errors.Join(c.lines.Flush(), c.file.Truncate(0))
	if _, seekErr := c.file.Seek(0, io.SeekStart); errors.Join(err, seekErr) != nil {
		return fmt.Errorf("temporary file: %w", errors.Join(err, seekErr))
	}
	c.list = c.list[:0]
	return nil
}

// spool returns the candidates as a file that a load can read, the line of number n being candidate n.
func (c *candidates) spool() (spool.File, error) {
	if err := c.lines.Flush(); err != nil {
		return spool.File{}, fmt.Errorf("temporary file: %w", err)
	}
	return spool.FileAt(c.file.Name())
}

// isRow reports whether a candidate is a row of an export; others are lines of another spool, with a time of receipt.
func (c *candidates) isRow(n int64) bool { return c.list[n-1].isRow }

// each passes all candidates on, with their numbers from 1 on.
func (c *candidates) each(do func(n int64, c candidate, object []byte) error) error {
	file, err := c.spool()
	if err != nil {
		return err
	}
	reader, err := file.Open(0)
	if err != nil {
		return err
	}
	defer reader.Close()
	for i, one := range c.list {
		line, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("temporary file: %w", io.ErrUnexpectedEOF)
		}
		if err != nil {
			return err
		}
		if err := do(int64(i)+1, one, line.Text); err != nil {
			return err
		}
	}
	return nil
}

// close removes the file.
func (c *candidates) close() error { return errors.Join(c.file.Close(), os.Remove(c.file.Name())) }
