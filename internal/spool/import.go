package spool

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
)

// Import writes a new file of deliveries into a spool folder. Prepare does what can fail on a full disk; at Commit the file appears whole, or not at
// all.
type Import struct {
	dir   string
	name  string
	file  *os.File
	lines *bufio.Writer
	ids   *ids
	head  []byte // of each line: what follows its id, to the name of its source

	now, reportedAt time.Time
}

// NewImport creates a file in a spool folder, which it creates if it is missing. Its deliveries are received now; reportedAt is when the
// vendor made the export.
func NewImport(dir string, now, reportedAt time.Time) (*Import, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("spool folder: %w", err)
	}
	name := fmt.Sprintf("%s%06d.ndjson", now.Format("2006-01-02.import-150405"), now.Nanosecond()/1000)
	file, err := os.OpenFile(filepath.Join(dir, "."+name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	head := now.AppendFormat([]byte(afterID), receivedFormat)
	head = reportedAt.AppendFormat(append(head, `","reported_at":"`...), receivedFormat)
	return &Import{
		dir: dir, name: name, file: file, lines: bufio.NewWriterSize(file, 1<<20), ids: newIDs(), head: append(head, `","source":`...),
		now: now, reportedAt: reportedAt,
	}, nil
}

// RemoveUnfinished removes the files that killed imports left in a spool folder. No import may be running.
func RemoveUnfinished(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, entry := range entries {
		name, hidden := strings.CutPrefix(entry.Name(), ".")
		if _, isImport := (File{Name: name}).ImportID(); hidden && isImport {
			err = errors.Join(err, os.Remove(filepath.Join(dir, entry.Name())))
		}
	}
	return err
}

// ID returns the id of the import.
func (i *Import) ID() string {
	id, _ := File{Name: i.name}.ImportID()
	return id
}

// AppendLine appends the line of a delivery, without its newline, with the next id. payload is a compact JSON object.
func (i *Import) AppendLine(dst []byte, source string, payload []byte) ([]byte, error) {
	id, err := i.ids.next(i.now)
	if err != nil {
		return nil, fmt.Errorf("creating an id: %w", err)
	}
	begin := len(dst)
	dst = append(append(append(dst, idPrefix...), id...), i.head...)
	dst = AppendString(dst, source)
	dst = append(append(append(dst, `,"kind":"`...), Kind(payload)...), `","encoding":"json","payload":`...)
	return appendChecksum(append(dst, payload...), begin), nil
}

// Add adds a line.
func (i *Import) Add(line []byte) error {
	i.lines.Write(line)
	return i.lines.WriteByte('\n') // reports errors of earlier writes too
}

// Prepare makes the file durable, and writes the record of the import beside it: without its file it is no import.
func (i *Import) Prepare(record ImportRecord) error {
	record.ID, record.ImportedAt, record.ReportedAt = i.ID(), i.now, i.reportedAt
	err := errors.Join(i.lines.Flush(), i.file.Sync())
	if err == nil {
		err = record.write(i.dir)
	}
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	return nil
}

// Commit adds the prepared file to the spool. It reports whether it is added, which can be despite an error: a crash may undo that.
func (i *Import) Commit() (added bool, err error) {
	// Unlike a rename, a link never replaces another import.
	if err := os.Link(i.file.Name(), filepath.Join(i.dir, i.name)); err != nil {
		return false, errors.Join(fmt.Errorf("import: %w", err), i.Abort())
	}
	return true, errors.Join(i.file.Close(), os.Remove(i.file.Name()), atomicfile.OS{}.SyncDir(i.dir))
}

// Abort removes the file and the record.
func (i *Import) Abort() error {
	return errors.Join(i.file.Close(), os.Remove(i.file.Name()), atomicfile.RemoveIfExists(atomicfile.OS{}, recordPath(i.dir, i.ID())))
}
