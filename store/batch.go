package store

import (
	"context"
)

// maxBatchFiles bounds how many files a batch reads, and with it the memory of recording them.
const maxBatchFiles = 1000

// batch is a bounded run of lines, sent in chunks by a goroutine of its own.
type batch struct {
	chunks    chan []line
	left      int64 // lines that may still be sent
	sent      int64 // lines, after finished
	finished  chan struct{}
	positions []position // of the files it read, after finished
	err       error

	defaultSource []byte
}

// wait blocks until the batch is sent whole or cancelled.
func (b *batch) wait() error {
	<-b.finished
	return b.err
}

// sendBatch begins to send lines until about limit bytes or so many lines are sent, or the files end.
func (r *lineReader) sendBatch(ctx context.Context, limit, lines int64) *batch {
	s := &batch{left: lines, chunks: make(chan []line, 4), finished: make(chan struct{}), defaultSource: []byte(r.defaultSource)}
	go func() {
		defer close(s.finished)
		defer close(s.chunks)
		for limit > 0 && s.left > 0 && len(s.positions) < maxBatchFiles && !r.done() {
			at := &r.pending[r.next]
			at.fromBytes, at.blank = at.bytes, 0
			ended, err := r.readFile(ctx, s, at, limit)
			limit -= at.bytes - at.fromBytes
			s.positions = append(s.positions, *at)
			if err != nil {
				s.err = err
				return
			}
			if ended {
				r.close()
				r.open = nil
				r.next++
			}
		}
	}()
	return s
}
