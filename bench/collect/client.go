package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// report is a call report as the vendor sends it. The digits of its CallSid are overwritten in each request.
const report = `{"SourceNumber":"09876543210","DestinationNumber":"01204000001","DialWhomNumber":"9280000001","CallDuration":"49","coins":"1","Status":"ANSWER","StartTime":"2026-10-05  10:15:02","EndTime":"2026-10-05  10:15:51","CallSid":"1791175502.0000000000","CallRecordingUrl":"https://callrecords.example.io/incoming/01_20261005101502","Direction":"IVR","campid":"","TalkDuration":"40","call_group":"Sales","receiver_name":"Ashish","error_code":"","LegA_Picked_time":"2026-10-05 10:15:02","LegB_Start_time":"2026-10-05 10:15:04","LegB_Picked_time":"2026-10-05 10:15:11"}`

var sidAt = bytes.Index([]byte(report), []byte("0000000000"))

// connection sends one report after another over one kept connection. It does as little as a client can, since it
// shares the machine with the server.
type connection struct {
	conn    net.Conn
	answers *bufio.Reader
	request []byte
	digits  []byte // of the CallSid in request
}

func dial(address, path string) (*connection, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	request := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: bench\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
		path, address, len(report))
	body := len(request)
	request = append(request, report...)
	return &connection{conn, bufio.NewReaderSize(conn, 1024), request, request[body+sidAt : body+sidAt+10]}, nil
}

// send sends the report with a number as its CallSid and returns the answer's status.
func (c *connection) send(number int) (status int, err error) {
	for i := len(c.digits) - 1; i >= 0; i-- {
		c.digits[i] = byte('0' + number%10)
		number /= 10
	}
	if _, err := c.conn.Write(c.request); err != nil {
		return 0, err
	}
	return c.answer()
}

// answer reads one whole answer.
func (c *connection) answer() (status int, err error) {
	line, err := c.answers.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 {
		return 0, fmt.Errorf("no status line: %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, err
	}
	length := 0
	for {
		line, err := c.answers.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		const header = "content-length: "
		if len(line) > len(header) && bytes.EqualFold(line[:len(header)], []byte(header)) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(header):]))); err != nil {
				return 0, err
			}
		}
	}
	_, err = c.answers.Discard(length)
	return status, err
}

// result is what a client saw.
type result struct {
	took     time.Duration
	statuses map[int]int     // requests by answer
	times    []time.Duration // of each request answered with 2xx, sorted
	failed   int             // connections that broke
}

func (r result) perSecond() float64 { return float64(len(r.times)) / r.took.Seconds() }

// notStored counts what was not answered with 200, broken connections included.
func (r result) notStored() int {
	count := r.failed
	for status, n := range r.statuses {
		if status != 200 {
			count += n
		}
	}
	return count
}

// quantile is the time that a share of the stored requests did not take longer than.
func (r result) quantile(share float64) time.Duration {
	if len(r.times) == 0 {
		return 0
	}
	return r.times[min(int(share*float64(len(r.times))), len(r.times)-1)]
}

// hammer sends over so many connections for so long, each as fast as it is answered, or every pause if that is not 0.
func hammer(address, path string, connections int, during, pause time.Duration) (result, error) {
	list := make([]*connection, connections)
	for i := range list {
		c, err := dial(address, path)
		if err != nil {
			return result{}, err
		}
		defer c.conn.Close()
		list[i] = c
	}
	all := result{statuses: map[int]int{}}
	var mu sync.Mutex
	var sending sync.WaitGroup
	start := time.Now()
	for i, c := range list {
		sending.Go(func() {
			mine := result{statuses: map[int]int{}}
			for n := 0; ; n++ {
				before := time.Now()
				if before.Sub(start) >= during {
					break
				}
				status, err := c.send(i*10_000_000 + n)
				if err != nil {
					mine.failed++
					break
				}
				mine.statuses[status]++
				if took := time.Since(before); status/100 == 2 {
					mine.times = append(mine.times, took)
				}
				time.Sleep(pause)
			}
			mu.Lock()
			defer mu.Unlock()
			all.times = append(all.times, mine.times...)
			all.failed += mine.failed
			for status, count := range mine.statuses {
				all.statuses[status] += count
			}
		})
	}
	sending.Wait()
	all.took = time.Since(start)
	slices.Sort(all.times)
	return all, nil
}
