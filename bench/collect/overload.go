package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

const (
	atCapacity      = 256  // connections that fully load the collector
	tenTimes        = 2560 // ten times as many
	slowConnections = 5000 // connections that send a byte per second
	goodPause       = 10 * time.Millisecond
)

// overload measures the response times of a sender who sends a report at intervals, while another source keeps the collector busy, and
// then while ten times as many senders and thousands of slow connections do.
func overload(o options, during time.Duration) error {
	s, err := startCallsheet(o.callsheet, o.dir, o.inFlight)
	if err != nil {
		return err
	}
	defer s.stop()
	fmt.Println("| load | stored/s | not stored | good client's median | p99 | p99.9 | memory at the end |")
	fmt.Println("|---|---|---|---|---|---|---|")
	if err := measureUnderLoad(s, "capacity", atCapacity, during/3); err != nil {
		return err
	}
	closeSlow, err := openSlow(s, slowConnections, slowHead)
	if err != nil {
		return err
	}
	defer closeSlow()
	if err := measureUnderLoad(s, fmt.Sprintf("capacity and %d slow connections", slowConnections), atCapacity, during/3); err != nil {
		return err
	}
	for part := 1; part <= 6; part++ {
		name := fmt.Sprintf("ten times capacity and %d slow connections, part %d of 6", slowConnections, part)
		if err := measureUnderLoad(s, name, tenTimes, during/6); err != nil {
			return err
		}
	}
	return nil
}

// measureUnderLoad prints the good client's response times while connections of another source are busy.
func measureUnderLoad(s *server, name string, connections int, during time.Duration) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var output []byte
	var client latencies
	var goodErr error
	var running sync.WaitGroup
	running.Go(func() { output, goodErr = exec.Command(self, "-good", s.address, "-during", during.String()).Output() })
	busy, err := sendLoad(s.address, s.path, connections, during, 0)
	running.Wait()
	if err := errors.Join(err, goodErr); err != nil {
		return err
	}
	if err := json.Unmarshal(output, &client); err != nil {
		return err
	}
	memory, _, err := s.usage()
	if err != nil {
		return err
	}
	fmt.Printf("| %s | %.0f | %d | %v | %v | %v | %d MB |\n", name, busy.perSecond(), busy.notStored()+client.NotStored,
		client.Median.Round(10*time.Microsecond), client.P99.Round(10*time.Microsecond), client.P999.Round(10*time.Microsecond), memory>>20)
	return nil
}

// latencies are the response times of the good client.
type latencies struct {
	Median, P99, P999, Slowest time.Duration
	NotStored                  int
}

// goodClient sends a report at intervals and prints its response times. It runs in a separate process, since in this one it would
// compete with thousands of busy senders.
func goodClient(address string, during time.Duration) error {
	r, err := sendLoad(address, goodPath, 1, during, goodPause)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(latencies{r.quantile(0.5), r.quantile(0.99), r.quantile(0.999), r.quantile(1), r.notStored()})
}

// slowSenders measures the memory of thousands of slow senders, while another source keeps the collector busy.
func slowSenders(o options) error {
	fmt.Println("| beside 256 busy senders | memory | of each slow one |")
	fmt.Println("|---|---|---|")
	for _, kind := range []slowKind{slowHead, slowBody} {
		s, err := startCallsheet(o.callsheet, filepath.Join(o.dir, string(kind)), o.inFlight)
		if err != nil {
			return err
		}
		defer s.stop()
		busy := func() (memory int64, err error) {
			if _, err = sendLoad(s.address, s.path, atCapacity, o.during, 0); err == nil {
				memory, _, err = s.usage()
			}
			return memory, err
		}
		before, err := busy()
		if err != nil {
			return err
		}
		fmt.Printf("| nobody | %d MB | |\n", before>>20)
		closeSlow, err := openSlow(s, slowConnections, kind)
		if err != nil {
			return err
		}
		after, err := busy()
		closeSlow()
		if err != nil {
			return err
		}
		fmt.Printf("| %d that send %s a byte a second | %d MB, %d MB more | %.1f kB |\n", slowConnections, kind, after>>20, (after-before)>>20,
			float64(after-before)/slowConnections/1000)
	}
	return nil
}

// slowKind is what a slow connection sends at a byte per second.
type slowKind string

const (
	slowHead slowKind = "headers"
	slowBody slowKind = "bodies"
)

// openSlow opens connections that each send requests at a byte per second until they are closed.
func openSlow(s *server, count int, kind slowKind) (closeAll func(), err error) {
	stop := make(chan struct{})
	var open sync.WaitGroup
	closeAll = func() {
		close(stop)
		open.Wait()
	}
	request := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n%1000d", s.path, 0)
	atOnce := 0 // bytes of the request
	if kind == slowBody {
		atOnce = len(request) - 1000
	}
	dialSlow := func() (net.Conn, error) {
		conn, err := net.Dial("tcp", s.address)
		if err == nil {
			_, err = conn.Write(request[:atOnce])
		}
		return conn, err
	}
	for i := range count {
		conn, err := dialSlow()
		if err != nil {
			closeAll()
			return nil, fmt.Errorf("slow connection %d: %w", i, err)
		}
		open.Go(func() {
			defer func() { conn.Close() }()
			time.Sleep(time.Second * time.Duration(i) / time.Duration(count)) // spread over a second
			for at := atOnce; ; at = (at + 1) % len(request) {
				if _, err := conn.Write(request[at : at+1]); err != nil { // closed by the collector
					conn.Close()
					reopened, err := dialSlow()
					if err != nil {
						return
					}
					conn, at = reopened, atOnce-1
				}
				select {
				case <-stop:
					return
				case <-time.After(time.Second):
				}
			}
		})
	}
	return closeAll, nil
}
