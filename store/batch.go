package store

import "context"

// maxBatchFiles limits the files of a batch, and so the memory for recording them.
const maxBatchFiles = 1000

// batch is a limited number of lines, sent in chunks by its own goroutine.
type batch struct {
	chunks    chan []line
	remaining int64 // lines that may still be sent
	finished  chan struct{}

	// valid once finished is closed
	sent      int64      // lines
	positions []position // of the files it read
	err       error

	sources lineSources
}

// isRetry reports whether the batch is of lines that were rejected before.
func (b *batch) isRetry() bool {
	return len(b.positions) > 0 && b.positions[0].onlyRejected != nil
}

// wait blocks until the whole batch is sent, or cancelled.
func (b *batch) wait() error {
	<-b.finished
	return b.err
}

// sendBatch starts sending the next lines, up to about limit bytes and maxLines lines.
func (r *lineReader) sendBatch(ctx context.Context, limit, maxLines int64) *batch {
	b := &batch{remaining: maxLines, chunks: make(chan []line, 4), finished: make(chan struct{}), sources: r.sources}
	go func() {
		defer close(b.finished)
		defer close(b.chunks)
		for limit > 0 && b.remaining > 0 && len(b.positions) < maxBatchFiles && !r.done() {
			at := &r.pending[r.next]
			at.fromBytes, at.blank = at.bytes, 0
			ended, err := r.readFile(ctx, b, at, limit)
			limit -= at.bytes - at.fromBytes
			if at.mark() != at.stored {
				b.positions = append(b.positions, *at)
				at.stored = at.mark()
			}
			if err != nil {
				b.err = err
				return
			}
			if ended {
				r.close()
				r.open = nil
				r.next++
			}
		}
	}()
	return b
}
