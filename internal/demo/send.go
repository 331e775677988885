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
	// connections is the number of concurrent requests.
	connections = 16
	// slot is how long the collector's clock stands still. Deliveries of one
	// slot are sent together, so that they share syncs at the collector. It
	// divides an hour, so no slot spans midnight.
	slot = time.Minute
)

// Send sends sorted deliveries to a collector's hook URL, which contains the
// token, and returns once all are acknowledged. client, setClock and progress
// may be nil.
//
// The collector's clock is simulated: for each minute of arrivals, Send calls
// setClock with the last arrival of that minute, then sends all of them, 16 at a
// time. So the times of receipt are reproducible, and nothing is received before
// it happened; the order within a minute is not fixed.
//
// Any response other than 200 is an error with the delivery's index and the
// status. Errors contain neither the URL nor a body.
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

// slotEnd returns the index after the last delivery in the slot of the first.
func slotEnd(deliveries []Delivery, first int) int {
	end := deliveries[first].At.Truncate(slot).Add(slot)
	next := first + 1
	for next < len(deliveries) && deliveries[next].At.Before(end) {
		next++
	}
	return next
}

// sendSlot sends a slot concurrently and returns the first error by index.
func sendSlot(ctx context.Context, client *http.Client, url string, slot []Delivery, offset int) error {
	errs := make([]error, len(slot))
	slots := make(chan struct{}, connections)
	var sending sync.WaitGroup
	for i, d := range slot {
		slots <- struct{}{}
		sending.Go(func() {
			defer func() { <-slots }()
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
	if _, err := io.Copy(io.Discard, resp.Body); err != nil { // so that the connection can be reused
		return fmt.Errorf("reading the response: %w", err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the collector responded with %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	return nil
}

// withoutURL removes the URL, which contains the token, from an error.
func withoutURL(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	return err
}

// keepAlive returns the client with a transport that keeps enough idle
// connections; the default keeps two, so most requests would need a new one.
// Redirects are not followed.
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
