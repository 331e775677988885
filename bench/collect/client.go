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

// report is a call report in the vendor's format. Each request overwrites the digits of its CallSid.
const report = `{"SourceNumber":"09876543210","DestinationNumber":"01204000001","DialWhomNumber":"9280000001","CallDuration":"49","coins":"1","Status":"ANSWER","StartTime":"2026-10-05  10:15:02","EndTime":"2026-10-05  10:15:51","CallSid":"1791175502.0000000000","CallRecordingUrl":"https://callrecords.example.io/incoming/01_20261005101502","Direction":"IVR","campid":"","TalkDuration":"40","call_group":"Sales","receiver_name":"Ashish","error_code":"","LegA_Picked_time":"2026-10-05 10:15:02","LegB_Start_time":"2026-10-05 10:15:04","LegB_Picked_time":"2026-10-05 10:15:11"}`

var sidOffset = bytes.Index([]byte(report), []byte("0000000000"))

// connection sends one report after another over one connection. It does as little as possible, since it shares the machine with the
// server.
type connection struct {
	conn      net.Conn
	responses *bufio.Reader
	request   []byte
	digits    []byte // of the CallSid in request
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
	return &connection{conn, bufio.NewReaderSize(conn, 1024), request, request[body+sidOffset : body+sidOffset+10]}, nil
}

// send sends the report with a number as its CallSid and returns the response's status.
func (c *connection) send(number int) (status int, err error) {
	for i := len(c.digits) - 1; i >= 0; i-- {
		c.digits[i] = byte('0' + number%10)
		number /= 10
	}
	if _, err := c.conn.Write(c.request); err != nil {
		return 0, err
	}
	return c.readResponse()
}

// readResponse reads one whole response and returns its status.
func (c *connection) readResponse() (status int, err error) {
	line, err := c.responses.ReadSlice('\n')
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
		line, err := c.responses.ReadSlice('\n')
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
	_, err = c.responses.Discard(length)
	return status, err
}

// result is what a client measured.
type result struct {
	took     time.Duration
	statuses map[int]int     // number of requests by status
	times    []time.Duration // of each request with a 2xx response, sorted
	failed   int             // connections that broke
}

func (r result) perSecond() float64 { return float64(len(r.times)) / r.took.Seconds() }

// notStored counts requests without a 200 response, including broken connections.
func (r result) notStored() int {
	count := r.failed
	for status, n := range r.statuses {
		if status != 200 {
			count += n
		}
	}
	return count
}

// quantile returns a quantile of the response times.
func (r result) quantile(share float64) time.Duration {
	if len(r.times) == 0 {
		return 0
	}
	return r.times[min(int(share*float64(len(r.times))), len(r.times)-1)]
}

// sendLoad sends over a number of connections for a time: each sends its next report after a response and the pause.
func sendLoad(address, path string, connections int, during, pause time.Duration) (result, error) {
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
			own := result{statuses: map[int]int{}}
			for n := 0; ; n++ {
				before := time.Now()
				if before.Sub(start) >= during {
					break
				}
				status, err := c.send(i*10_000_000 + n)
				if err != nil {
					own.failed++
					break
				}
				own.statuses[status]++
				if took := time.Since(before); status/100 == 2 {
					own.times = append(own.times, took)
				}
				time.Sleep(pause)
			}
			mu.Lock()
			defer mu.Unlock()
			all.times = append(all.times, own.times...)
			all.failed += own.failed
			for status, count := range own.statuses {
				all.statuses[status] += count
			}
		})
	}
	sending.Wait()
	all.took = time.Since(start)
	slices.Sort(all.times)
	return all, nil
}
