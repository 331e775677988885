package spool

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// LastReceived reads the last lastBytes of the lastFiles files that were written last.
const (
	lastFiles = 4
	lastBytes = 1 << 18
)

// LastReceived returns the time of the newest delivery of each source in the ends of the files that were written last. A source that is
// missing has sent nothing for long, or much less than others. Imports do not count: no source sent them. With an error for each file that
// cannot be read it returns what the others say.
func LastReceived(files []File) (_ map[string]time.Time, err error) {
	files = slices.DeleteFunc(slices.Clone(files), func(file File) bool {
		_, imported := file.ImportID()
		return imported || file.Compressed()
	})
	slices.SortFunc(files, func(a, b File) int { return b.ModTime.Compare(a.ModTime) })
	last := map[string]time.Time{}
	for _, file := range files[:min(lastFiles, len(files))] {
		failed := file.lastReceived(last)
		if failed != nil && !errors.Is(failed, os.ErrNotExist) { // archived meanwhile
			err = errors.Join(err, fmt.Errorf("%s: %w", file.Name, failed))
		}
	}
	return last, err
}

// lastReceived updates the times with those in the end of a file.
func (f File) lastReceived(last map[string]time.Time) error {
	r, err := f.Open(max(0, f.Durable-lastBytes))
	if err != nil {
		return err
	}
	for {
		line, err := r.Next()
		if err == io.EOF {
			return r.Close()
		}
		if err != nil {
			return errors.Join(err, r.Close())
		}
		// The first line is incomplete, and others may have no envelope.
		if source, at, ok := received(line.Text); ok && at.After(last[source]) {
			last[source] = at
		}
	}
}
