package store

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"callsheet/internal/spool"
)

// Waiting is what the spool has and a database does not have yet.
type Waiting struct {
	Files int       // files that were written since they were read
	Since time.Time // receipt of the oldest delivery; the zero time if there is none
}

// Waiting compares the database with the files of the spool. Deliveries in a file with a problem do not count: a load cannot read them.
func (r *Reader) Waiting(ctx context.Context, files []spool.File) (w Waiting, err error) {
	known, err := positions(ctx, r.all[0])
	if err != nil {
		return w, err
	}
	for _, file := range files {
		at, seen := known[file.Name]
		if at.isUnchanged(file) {
			continue
		}
		w.Files++
		if seen && (file.Compressed() || at.problem != "") || !isPrintableName(file.Name) || file.Durable <= at.bytes {
			continue
		}
		since, err := firstReceived(file, at.bytes)
		if err != nil {
			continue // a load reports the same error
		}
		if w.Since.IsZero() || !since.IsZero() && since.Before(w.Since) {
			w.Since = since
		}
	}
	return w, nil
}

// IsBeingWritten reports whether a file may be unfinished at a time: it was written within the last minute, and ends within a line or with bytes
// that are not durable. A load reports such an end as a problem once the minute is over, though the file does not change.
func IsBeingWritten(file spool.File, now time.Time) bool {
	if file.Compressed() || !wasJustWritten(file, now) || file.Size == 0 {
		return false
	}
	if file.Durable < file.Size {
		return true
	}
	end, err := file.Open(file.Size - 1)
	if err != nil {
		return false // a load reports the same error
	}
	defer end.Close()
	_, err = end.Next() // a line that is only the newline, if it is one
	return err == io.EOF
}

// wasJustWritten reports whether a file was written within a minute of a time. One from the future is not: a clock was wrong.
func wasJustWritten(file spool.File, now time.Time) bool {
	return now.Sub(file.ModTime).Abs() <= maxWriteTime
}

// firstReceived returns when the first whole line from an offset was received: when the file was written, if the line does not say, and
// the zero time if there is no line.
func firstReceived(file spool.File, offset int64) (received time.Time, err error) {
	lines, err := file.Open(offset)
	if err != nil {
		return received, err
	}
	defer func() { err = errors.Join(err, lines.Close()) }()
	line, err := lines.Next()
	if err == io.EOF {
		return received, nil
	}
	if err != nil {
		return received, err
	}
	var envelope struct {
		ReceivedAt time.Time `json:"received_at"`
	}
	if json.Unmarshal(line.Text, &envelope) != nil || envelope.ReceivedAt.IsZero() || envelope.ReceivedAt.After(file.ModTime) {
		return file.ModTime, nil
	}
	return envelope.ReceivedAt, nil
}
