package spool

import (
	"encoding/json"
	"errors"
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
// missing has sent nothing for long, or much less than others. Imports do not count: no source sent them.
func LastReceived(files []File) (map[string]time.Time, error) {
	files = slices.DeleteFunc(slices.Clone(files), func(file File) bool {
		_, imported := file.ImportID()
		return imported || file.Compressed()
	})
	slices.SortFunc(files, func(a, b File) int { return b.ModTime.Compare(a.ModTime) })
	last := map[string]time.Time{}
	for _, file := range files[:min(lastFiles, len(files))] {
		r, err := file.Open(max(0, file.Durable-lastBytes))
		if errors.Is(err, os.ErrNotExist) {
			continue // archived meanwhile
		}
		if err != nil {
			return nil, err
		}
		for {
			line, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				return nil, errors.Join(err, r.Close())
			}
			var envelope struct {
				ReceivedAt time.Time `json:"received_at"`
				Source     string    `json:"source"`
			}
			// The first line is incomplete, and others may have no envelope.
			if json.Unmarshal(line.Text, &envelope) == nil && envelope.ReceivedAt.After(last[envelope.Source]) {
				last[envelope.Source] = envelope.ReceivedAt
			}
		}
		if err := r.Close(); err != nil {
			return nil, err
		}
	}
	return last, nil
}
