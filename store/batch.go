package store

import "context"

// maxBatchFiles bounds how many files a batch reads, and with it the memory of recording them.
const maxBatchFiles = 1000

// batch is a bounded run of lines, sent in chunks by a goroutine of its own.
type batch struct {
	chunks    chan []line
	remaining int64 // lines that may still be sent
	finished  chan struct{}

	// to be read once finished is closed
	sent      int64      // lines
	positions []position // of the files it read
	err       error

	defaultSource []byte
}

// wait blocks until the batch is sent whole or cancelled.
func (b *batch) wait() error {
	<-b.finished
	return b.err
}

// sendBatch starts to send the next lines, up to about limit bytes and maxLines lines.
func (r *lineReader) sendBatch(ctx context.Context, limit, maxLines int64) *batch {
	b := &batch{remaining: maxLines, chunks: make(chan []line, 4), finished: make(chan struct{}), defaultSource: []byte(r.defaultSource)}
	go func() {
		defer close(b.finished)
		defer close(b.chunks)
		for limit > 0 && b.remaining > 0 && len(b.positions) < maxBatchFiles && !r.done() {
			at := &r.pending[r.next]
			at.fromBytes, at.blank = at.bytes, 0
			ended, err := r.readFile(ctx, b, at, limit)
			limit -= at.bytes - at.fromBytes
			b.positions = append(b.positions, *at)
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
