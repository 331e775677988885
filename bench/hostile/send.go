package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// record is what was sent: for each call the coins of its reports, in hundredths, and which of them were acknowledged.
type record struct {
	mu    sync.Mutex
	calls map[string]*reports
	// posts counts the requests by status, 0 for no response.
	posts map[int]int
}

// reports are the reports of a call. A report that was not acknowledged may or may not be in the spool.
type reports struct {
	coins        int  // of the last acknowledged report
	acknowledged bool // there is an acknowledged report
	uncertain    int  // coins of a later report that was sent and not acknowledged; -1 for none
}

func newRecord() *record { return &record{calls: map[string]*reports{}, posts: map[int]int{}} }

// pause is the time between two reports of a sender, so that readers and loads get their share of the CPU.
const pause = 15 * time.Millisecond

var india = time.FixedZone("", 5*3600+1800)

// send sends the reports of call after call until ctx ends: some twice, some with a correction, some with a correction that is reverted.
func send(ctx context.Context, s *site, sent *record, sender int, rng *rand.Rand) {
	for number := 0; ctx.Err() == nil; number++ {
		start := time.Now().In(india).Truncate(time.Second)
		sid := fmt.Sprintf("%d.%d%07d", start.Unix(), sender, number)
		coins := []int{rng.IntN(500)}
		switch {
		case rng.IntN(8) == 0:
			coins = append(coins, coins[0])
		case rng.IntN(5) == 0:
			coins = append(coins, coins[0]+500)
		case rng.IntN(10) == 0:
			coins = append(coins, coins[0]+500, coins[0]) // back to the first value
		}
		for _, c := range coins {
			if ctx.Err() != nil {
				return // the previous report may be in the spool
			}
			sent.deliver(ctx, s, sid, start, c)
		}
		sleep(ctx, pause)
	}
}

// deliver sends a report until it is acknowledged.
func (r *record) deliver(ctx context.Context, s *site, sid string, start time.Time, coins int) {
	r.mu.Lock()
	call := r.calls[sid]
	if call == nil {
		call = &reports{uncertain: -1}
		r.calls[sid] = call
	}
	call.uncertain = coins
	r.mu.Unlock()
	body := fmt.Sprintf(`{"SourceNumber":"09%09d","DestinationNumber":"01204000001","DialWhomNumber":"9280000001","CallDuration":"30",`+
		`"coins":"%d.%02d","Status":"ANSWER","StartTime":"%s","EndTime":"%s","CallSid":"%s","Direction":"IVR","TalkDuration":"20",`+
		`"call_group":"Sales","receiver_name":"Asha Rao"}`, start.UnixNano()%1e9, coins/100, coins%100,
		start.Format("2006-01-02  15:04:05"), start.Add(30*time.Second).Format("2006-01-02  15:04:05"), sid)
	for ctx.Err() == nil {
		status := post(ctx, s, body)
		r.mu.Lock()
		r.posts[status]++
		if status == http.StatusOK {
			*call = reports{coins, true, -1}
		}
		r.mu.Unlock()
		if status == http.StatusOK {
			return
		}
		sleep(ctx, 50*time.Millisecond)
	}
}

// post sends a body and returns the status, 0 without a response.
func post(ctx context.Context, s *site, body string) int {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/hooks/main/"+token, strings.NewReader(body))
	if err != nil {
		return 0
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return 0
	}
	return response.StatusCode
}

func sleep(ctx context.Context, wait time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}
