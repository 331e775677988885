package spool

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"callsheet/internal/atomicfile"
)

// Import writes a new file of deliveries into a spool folder. The file appears whole at Commit, or not at all.
type Import struct {
	dir   string
	name  string
	file  *os.File
	lines *bufio.Writer
}

// NewImport creates a file in a spool folder, which it creates if it is missing.
func NewImport(dir string, now time.Time) (*Import, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool folder: %w", err)
	}
	name := fmt.Sprintf("%s%06d.ndjson", now.Format("2006-01-02.import-150405"), now.Nanosecond()/1000)
	// A hidden file that a killed process left is overwritten, or stays unread.
	file, err := os.OpenFile(filepath.Join(dir, "."+name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return &Import{dir: dir, name: name, file: file, lines: bufio.NewWriterSize(file, 1<<20)}, nil
}

// AppendImported appends the line of an imported delivery, without its newline. payload is a compact JSON object.
func AppendImported(dst []byte, source string, payload []byte) []byte {
	begin := len(dst)
	dst = append(dst, `{"source":`...)
	dst = AppendString(dst, source)
	dst = append(append(append(dst, `,"kind":"`...), Kind(payload)...), `","payload":`...)
	return appendChecksum(append(dst, payload...), begin)
}

// Add adds a line.
func (i *Import) Add(line []byte) error {
	i.lines.Write(line)
	return i.lines.WriteByte('\n') // reports errors of earlier writes too
}

// Commit makes the file durable, adds it to the spool and returns its name.
func (i *Import) Commit() (name string, err error) {
	if err := errors.Join(i.lines.Flush(), i.file.Sync(), i.file.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("import: %w", err), os.Remove(i.file.Name()))
	}
	path := filepath.Join(i.dir, i.name)
	if err := os.Link(i.file.Name(), path); err != nil { // unlike a rename, it never replaces another import
		return "", errors.Join(fmt.Errorf("import: %w", err), os.Remove(i.file.Name()))
	}
	return i.name, errors.Join(os.Remove(i.file.Name()), atomicfile.OS{}.SyncDir(i.dir))
}

// Abort removes the file.
func (i *Import) Abort() error { return errors.Join(i.file.Close(), os.Remove(i.file.Name())) }
