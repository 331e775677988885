package collector

import (
	"context"
	"sync"
	"time"
)

// waits gives requests contexts that end after the configured wait, or a fiftieth of it earlier: requests that come at
// the same time share one. A context with a timer for each request costs as much as decoding it.
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

// acquire takes a slot, waiting for one until wait ends or the client is gone.
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
