package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"callsheet/bench/reports"
)

// senders is how many connections the vendor uses.
const senders = 16

// sent is what the senders measured.
type sent struct {
	took  time.Duration
	times []time.Duration // from when a delivery was due until its response
	err   error
}

// send sends the deliveries of calls, of which so many are in progress, at a rate or, if it is 0, as fast as it is answered.
func send(home *reports.Home, rate, calls int, during time.Duration) (all sent) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	var sending sync.WaitGroup
	start := time.Now()
	for i := range senders {
		sending.Go(func() {
			flow := flow{rng: rand.New(rand.NewPCG(uint64(i), 1)), next: i, calls: calls / senders}
			var times []time.Duration
			var failed error
			for n := 0; failed == nil; n++ {
				due := time.Now()
				if rate > 0 {
					due = start.Add(time.Duration(n*senders+i) * time.Second / time.Duration(rate))
					time.Sleep(time.Until(due))
				}
				if due.Sub(start) >= during || time.Since(start) >= during {
					break
				}
				failed = post(client, home, flow.delivery())
				times = append(times, time.Since(due))
			}
			mu.Lock()
			defer mu.Unlock()
			all.times = append(all.times, times...)
			all.err = errors.Join(all.err, failed)
		})
	}
	sending.Wait()
	all.took = time.Since(start)
	return all
}

// flow has the calls of a sender.
type flow struct {
	rng   *rand.Rand
	next  int // number of the next call
	calls int // in progress
	open  [][][]byte
}

// delivery returns the next one: of a new call, until enough are in progress, and then of one after the other.
func (f *flow) delivery() []byte {
	if len(f.open) < f.calls {
		f.open = append(f.open, reports.Deliveries(f.rng, time.Now(), f.next))
		f.next += senders
	} else {
		f.open = append(f.open[1:], f.open[0])
	}
	last := len(f.open) - 1
	payload := f.open[last][0]
	if f.open[last] = f.open[last][1:]; len(f.open[last]) == 0 {
		f.open = f.open[:last]
	}
	return payload
}

func post(client *http.Client, home *reports.Home, payload []byte) error {
	response, err := client.Post("http://"+home.Listen+reports.Hook(), "application/json", bytes.NewReader(payload))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("a delivery is answered %s", response.Status)
	}
	return nil
}
