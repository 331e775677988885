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

// Import is a file of deliveries on its way into a spool. It appears whole, beside the files of the collectors, or not at all.
type Import struct {
	dir   string
	name  string
	file  *os.File
	lines *bufio.Writer
}

// NewImport begins a file in a spool folder, which is made if it is missing.
func NewImport(dir string, now time.Time) (*Import, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool folder: %w", err)
	}
	name := fmt.Sprintf("%s%06d.ndjson", now.Format("2006-01-02.import-150405"), now.Nanosecond()/1000)
	// A file that a kill left is begun anew, or stays hidden.
	file, err := os.OpenFile(filepath.Join(dir, "."+name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return &Import{dir: dir, name: name, file: file, lines: bufio.NewWriterSize(file, 1<<20)}, nil
}

// AppendImported appends the line of a delivery that never came to a collector, without its newline; payload is a compact JSON
// object.
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
	return i.lines.WriteByte('\n') // has the error of what was written before, too
}

// Commit puts the file into the spool and returns its name.
func (i *Import) Commit() (name string, err error) {
	if err := errors.Join(i.lines.Flush(), i.file.Sync(), i.file.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("import: %w", err), os.Remove(i.file.Name()))
	}
	path := filepath.Join(i.dir, i.name)
	if err := os.Link(i.file.Name(), path); err != nil { // unlike a rename it does not replace another import
		return "", errors.Join(fmt.Errorf("import: %w", err), os.Remove(i.file.Name()))
	}
	return i.name, errors.Join(os.Remove(i.file.Name()), atomicfile.OS{}.SyncDir(i.dir))
}

// Abort leaves nothing behind.
func (i *Import) Abort() error { return errors.Join(i.file.Close(), os.Remove(i.file.Name())) }
