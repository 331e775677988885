package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"
)

// hostileBody is the largest body that callsheet accepts by default.
const hostileBody = 8 << 20

// hostile measures the cost of large requests of one source: the collector's peak memory, and the response times of a sender of another
// source, who sends a report at intervals.
func hostile(o options) error {
	fmt.Println("| body of 8 MiB | concurrent requests | requests by status | peak memory | good client's median | p99 | slowest |")
	fmt.Println("|---|---|---|---|---|---|---|")
	kinds := hostileKinds()
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		for _, concurrent := range []int{4, 64} {
			if err := measureHostile(o, kind, kinds[kind], concurrent); err != nil {
				return fmt.Errorf("%s: %w", kind, err)
			}
		}
	}
	return nil
}

type hostileRequest struct {
	contentEncoding string
	body            []byte
}

func hostileKinds() map[string]hostileRequest {
	repeat := func(before, text, after string) hostileRequest {
		n := (hostileBody - len(before) - len(after)) / len(text)
		return hostileRequest{body: []byte(before + strings.Repeat(text, n) + after)}
	}
	var form bytes.Buffer
	for i := 0; form.Len() < hostileBody-16; i++ {
		fmt.Fprintf(&form, "%x=&", i)
	}
	bomb := func(size int) hostileRequest {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		io.WriteString(z, `{"a":"`)
		z.Write(bytes.Repeat([]byte("x"), size-8))
		io.WriteString(z, `"}`)
		z.Close()
		return hostileRequest{"gzip", out.Bytes()}
	}
	return map[string]hostileRequest{
		"[{},{}…]":                         repeat("[", "{},", "{}]"),
		"[{},{}…] of 9,999 (small)":        {body: []byte("[" + strings.Repeat("{},", 9998) + "{}]")},
		"{\"a\":{\"a\":…":                  repeat("", `{"a":`, ""),
		"a form of a million keys":         {body: form.Bytes()},
		"a form of one value with escapes": repeat("a=", "%01", ""),
		"one string":                       repeat(`{"a":"`, "x", `"}`),
		"one string with space before it":  repeat(`{ "a":"`, "x", `"}`),
		"unreadable bytes":                 repeat("", "\x00\x01\xff", ""),
		"gzip of 8 MiB":                    bomb(hostileBody),
		"gzip of 256 MiB":                  bomb(256 << 20),
	}
}

// measureHostile prints a line of the table. It starts a new collector.
func measureHostile(o options, kind string, request hostileRequest, concurrent int) error {
	dir, err := os.MkdirTemp(o.dir, "hostile-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := startCallsheet(o.callsheet, dir, o.inFlight)
	if err != nil {
		return err
	}
	defer s.stop()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	good := exec.Command(self, "-good", s.address, "-during", o.during.String())
	var output bytes.Buffer
	good.Stdout = &output
	if err := good.Start(); err != nil {
		return err
	}
	statuses := map[int]int{}
	var mu sync.Mutex
	var sending sync.WaitGroup
	end := time.Now().Add(o.during)
	for range concurrent {
		sending.Go(func() {
			for time.Now().Before(end) {
				status := sendHostile("http://"+s.address+s.path, request)
				mu.Lock()
				statuses[status]++
				mu.Unlock()
			}
		})
	}
	err = good.Wait()
	sending.Wait()
	var client latencies
	if err := errors.Join(err, json.Unmarshal(output.Bytes(), &client)); err != nil {
		return err
	}
	peak, err := s.peakMemory()
	if err != nil {
		return err
	}
	fmt.Printf("| %s | %d | %v | %d MB | %v | %v | %v |\n", kind, concurrent, statuses, peak>>20,
		client.Median.Round(10*time.Microsecond), client.P99.Round(10*time.Microsecond), client.Slowest.Round(10*time.Microsecond))
	if client.NotStored > 0 {
		return fmt.Errorf("%d reports of the good client were not stored", client.NotStored)
	}
	return nil
}

// sendHostile sends a request and returns the response's status, 0 if the connection broke.
func sendHostile(url string, request hostileRequest) (status int) {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(request.body))
	if err != nil {
		return 0
	}
	r.Header.Set("Content-Encoding", request.contentEncoding)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	return response.StatusCode
}

// peakMemory returns the peak resident memory of the process, in bytes.
func (s *server) peakMemory() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	var kilobytes int64
	_, err = fmt.Sscan(rest, &kilobytes)
	return kilobytes << 10, err
}
