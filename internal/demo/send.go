package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const (
	// connections is how many requests are under way at once.
	connections = 16
	// slot is how long the collector's clock stands still. Deliveries of one
	// slot go out together, so that one sync at the collector serves many. It
	// divides an hour, so no slot reaches over a midnight.
	slot = time.Minute
)

// Send sends sorted deliveries to a collector's hook URL, token included, and
// returns once all are acknowledged. A nil client, setClock or progress is
// left out.
//
// The collector's clock is simulated: for each minute of arrivals setClock is
// called with the last arrival of that minute, then all of them are sent, 16
// at a time, and awaited. What was received when is thus the same every time,
// and nothing is received before it happened; the order within a minute is not
// fixed.
//
// Any answer but 200 ends it with an error that names the delivery's index and
// the status. Neither the URL, which holds the token, nor a body is part of an
// error.
func Send(ctx context.Context, client *http.Client, url string, deliveries []Delivery, setClock func(time.Time), progress func(done int)) error {
	pooled := keepAlive(client)
	defer pooled.CloseIdleConnections()
	for done := 0; done < len(deliveries); {
		next := slotEnd(deliveries, done)
		if setClock != nil {
			setClock(deliveries[next-1].At)
		}
		if err := sendSlot(ctx, pooled, url, deliveries[done:next], done); err != nil {
			return err
		}
		done = next
		if progress != nil {
			progress(done)
		}
	}
	return nil
}

// slotEnd is the index after the last delivery that shares a slot with one.
func slotEnd(deliveries []Delivery, first int) int {
	end := deliveries[first].At.Truncate(slot).Add(slot)
	next := first + 1
	for next < len(deliveries) && deliveries[next].At.Before(end) {
		next++
	}
	return next
}

// sendSlot sends at most connections at a time and reports the first failure
// by index, whichever came first by the clock.
func sendSlot(ctx context.Context, client *http.Client, url string, slot []Delivery, offset int) error {
	errs := make([]error, len(slot))
	free := make(chan struct{}, connections)
	var sending sync.WaitGroup
	for i, d := range slot {
		free <- struct{}{}
		sending.Go(func() {
			defer func() { <-free }()
			errs[i] = post(ctx, client, url, d)
		})
	}
	sending.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("send delivery %d: %w", offset+i, err)
		}
	}
	return nil
}

func post(ctx context.Context, client *http.Client, hook string, d Delivery) error {
	if d.Query != "" {
		hook += "?" + d.Query
	}
	req, err := http.NewRequestWithContext(ctx, d.Method, hook, bytes.NewReader(d.Body))
	if err != nil {
		return withoutURL(err)
	}
	if d.ContentType != "" {
		req.Header.Set("Content-Type", d.ContentType)
	}
	resp, err := client.Do(req)
	if err != nil {
		return withoutURL(err)
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil { // or the connection cannot be used again
		return fmt.Errorf("read answer: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("collector answered %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	return nil
}

// withoutURL keeps the token out of messages.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// keepAlive is the client with a transport of its own that keeps as many
// connections as are used at once; the default keeps two and would dial anew
// for most requests. A redirect is an answer like any other.
func keepAlive(client *http.Client) *http.Client {
	pooled := http.Client{}
	if client != nil {
		pooled = *client
	}
	if pooled.Transport == nil {
		pooled.Transport = http.DefaultTransport
	}
	if t, ok := pooled.Transport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost = connections
		pooled.Transport = t
	}
	pooled.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &pooled
}
