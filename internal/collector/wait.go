package collector

import (
	"context"
	"sync"
	"time"
)

// waits returns contexts that end after the configured wait, or up to a fiftieth of it earlier: concurrent requests share one. A context
// with a timer for each request costs as much as decoding it.
type waits struct {
	wait time.Duration

	mu      sync.Mutex
	current context.Context
}

func (w *waits) context() context.Context {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.current == nil {
		ctx, end := context.WithCancel(context.Background())
		time.AfterFunc(w.wait, end)
		time.AfterFunc(w.wait/50, w.renew)
		w.current = ctx
	}
	return w.current
}

func (w *waits) renew() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.current = nil
}

// acquire takes a slot, and waits for a free one until wait ends or the client disconnects.
func acquire(wait, client context.Context, slots chan struct{}) error {
	select {
	case slots <- struct{}{}:
		return nil
	default:
	}
	select {
	case slots <- struct{}{}:
		return nil
	case <-wait.Done():
	case <-client.Done():
	}
	return errOverloaded
}

func release(slots chan struct{}) { <-slots }
