package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"callsheet/bench/reports"
)

// watched counts what the pages have got.
type watched struct{ states atomic.Int64 }

// openPages opens the pages of a load, which follow until ctx ends.
func openPages(ctx context.Context, open *sync.WaitGroup, address string, l load) (*watched, error) {
	w := &watched{}
	groups := reports.Groups()
	for i := range l.pages {
		query := url.Values{"view": {"live"}}
		switch i % 3 {
		case 1:
			query.Set("view", "wall")
		case 2:
			query.Set("group", groups[i%len(groups)])
		}
		stream, err := follow(ctx, address, query)
		if err != nil {
			return nil, err
		}
		open.Go(func() {
			defer stream.Close()
			for lines := bufio.NewReader(stream); ; {
				line, err := lines.ReadSlice('\n')
				if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
					return
				}
				if string(line) == "event: board\n" {
					w.states.Add(1)
				}
			}
		})
	}
	for range l.stuck {
		open.Go(func() { stick(ctx, address) })
	}
	return w, nil
}

// follow opens a stream.
func follow(ctx context.Context, address string, query url.Values) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/live/stream?"+query.Encode(), nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("a stream is answered %s", response.Status)
	}
	return response.Body, nil
}

// stuckFor is how long a stuck page stays before it is opened again; the server drops it earlier.
const stuckFor = 15 * time.Second

// stick opens a stream and reads nothing of it, again and again until ctx ends.
func stick(ctx context.Context, address string) {
	for ctx.Err() == nil {
		connection, err := net.Dial("tcp", address)
		if err != nil {
			return
		}
		_ = connection.(*net.TCPConn).SetReadBuffer(4 << 10)
		fmt.Fprintf(connection, "GET /live/stream?view=live HTTP/1.1\r\nHost: %s\r\n\r\n", address)
		select {
		case <-ctx.Done():
		case <-time.After(stuckFor):
		}
		connection.Close()
	}
}

// probed is how long it took until a page had a delivery.
type probed struct {
	delays []time.Duration
	err    error
}

const (
	probeEvery = 500 * time.Millisecond
	probeLimit = 30 * time.Second
)

// probe delivers a call of a group of its own every now and then until a time, and waits until the page of the group has it.
func probe(ctx context.Context, home *reports.Home, end time.Time) (p probed) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := follow(ctx, home.Page, url.Values{"view": {"live"}, "group": {"Probe"}})
	if err != nil {
		p.err = err
		return p
	}
	defer stream.Close()
	var seen sync.Map // when each number was seen first
	var reading sync.WaitGroup
	reading.Go(func() {
		for lines := bufio.NewScanner(stream); lines.Scan(); {
			for n := range strings.SplitSeq(lines.Text(), "••••••") {
				if len(n) >= 4 {
					seen.LoadOrStore(n[:4], time.Now())
				}
			}
		}
	})
	defer reading.Wait()
	defer cancel()
	client := &http.Client{}
	for n := 1; time.Now().Before(end); n++ {
		call := fmt.Sprintf(`"SourceNumber":"0987650%04d","DestinationNumber":"01204999999","CallSid":"1.%04[1]d","Direction":"IVR","call_group":"Probe"`, n)
		if p.err = post(client, home, []byte(`{"Status":"Ringing",`+call+`}`)); p.err != nil {
			return p
		}
		stored, number := time.Now(), fmt.Sprintf("%04d", n)
		for {
			if at, ok := seen.Load(number); ok {
				p.delays = append(p.delays, max(at.(time.Time).Sub(stored), 0))
				break
			}
			if time.Since(stored) > probeLimit {
				p.err = fmt.Errorf("a delivery was not seen for %v", probeLimit)
				return p
			}
			time.Sleep(time.Millisecond)
		}
		if p.err = post(client, home, []byte(`{"Status":"CANCEL","EndTime":"2026-10-05 10:20:00",`+call+`}`)); p.err != nil { // its report
			return p
		}
		time.Sleep(probeEvery)
	}
	return p
}
