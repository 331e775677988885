package store

import (
	"context"
	"errors"
	"fmt"
	"io"

	"callsheet/internal/spool"
)

// lineReader reads the pending files of a load, a batch at a time.
type lineReader struct {
	pending  []position
	next     int           // index of the file being read
	open     *spool.Reader // of pending[next], once it is open
	problems problems
	progress Progress
	total    int64
	read     int64
	lines    int64

	keepPositions bool   // of all lines, not only of those whose position is stored
	refusal       string // reason to reject all lines, set for a line that DuckDB refused
	sources       lineSources
}

func (s *Store) newLineReader(pending []position, options LoadOptions) *lineReader {
	r := &lineReader{
		pending: pending, problems: problems{}, progress: options.Progress, sources: newLineSources(s.options.Settings, options.DefaultSource),
	}
	for i := range pending {
		at := &pending[i]
		at.startBytes = at.bytes
		r.total += max(at.file.Durable-at.bytes, 0)
	}
	return r
}

func (r *lineReader) done() bool { return r.next == len(r.pending) }

// filesRead returns how many files had new lines.
func (r *lineReader) filesRead() int64 {
	var n int64
	for _, at := range r.pending {
		if at.bytes > at.startBytes {
			n++
		}
	}
	return n
}

func (r *lineReader) close() {
	if r.open != nil {
		r.open.Close()
	}
}

// readFile sends lines of one file and advances its position; ended is false if it reached the limit. A file that cannot be read is
// added to the problems and counts as ended.
func (r *lineReader) readFile(ctx context.Context, b *batch, at *position, limit int64) (ended bool, err error) {
	if r.open == nil {
		if r.open, err = at.file.Open(at.bytes); err != nil {
			r.open = nil
			r.problems[at.file.Name] = fmt.Sprintf("%s: %v", at.file.Name, err)
			return true, nil
		}
	}
	for {
		lines, err := r.readChunk(at, at.fromBytes+limit, b.remaining)
		if len(lines) > 0 {
			select {
			case b.chunks <- lines:
				b.sent += int64(len(lines))
				b.remaining -= int64(len(lines))
			case <-ctx.Done():
				return false, ctx.Err()
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			if at.onlyRejected == nil {
				at.endReading()
			}
			return true, nil
		case err != nil && at.onlyRejected != nil: // verify has just read it
			return false, err
		case err != nil:
			r.problems[at.file.Name] = fmt.Sprintf("%s: %v", at.file.Name, err)
			return true, nil
		case at.bytes >= at.fromBytes+limit || b.remaining == 0:
			return false, nil
		}
	}
}

// readChunk reads a chunk of at most maxLines lines, up to the position end.
func (r *lineReader) readChunk(at *position, end, maxLines int64) ([]line, error) {
	maxLines = min(maxLines, int64(linesPerChunk))
	var lines []line
	if at.file.Compressed() || at.file.Durable-at.bytes > 1<<20 {
		lines = make([]line, 0, maxLines)
	}
	var texts []byte // one buffer for the chunk, since the spool reuses its own for the next line
	for int64(len(lines)) < maxLines && at.bytes < end {
		if at.onlyRejected != nil && at.bytes == at.rejectedEnd {
			return lines, io.EOF
		}
		before := at.bytes
		read, hash, err := at.readLine(r.open)
		if err != nil {
			return lines, err
		}
		r.count(at.bytes - before)
		if at.onlyRejected != nil {
			if _, wanted := at.onlyRejected[at.lines]; !wanted {
				continue
			}
		}
		if len(read.Text) == 0 {
			at.blank++
			continue
		}
		if cap(texts)-len(texts) < len(read.Text) {
			texts = make([]byte, 0, max(len(read.Text), 1<<20))
		}
		from := len(texts)
		texts = append(texts, read.Text...)
		lines = append(lines, line{
			file: at.file.Name, number: at.lines, offset: read.Offset, fileTime: at.file.ModTime, hash: hash, text: texts[from:len(texts):len(texts)],
			reason: r.refusal, wantsPosition: at.reread || r.keepPositions, length: read.Length, tooLong: read.TooLong,
		})
	}
	return lines, nil
}

// count counts a line and its bytes.
func (r *lineReader) count(bytes int64) {
	r.read += bytes
	r.lines++
	if r.progress != nil && r.lines%1000 == 0 {
		r.progress(min(r.read, r.total), r.total, r.lines)
	}
}
