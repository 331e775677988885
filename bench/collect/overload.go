package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"sync"
	"time"
)

const (
	atCapacity      = 256  // connections that keep the collector as busy as it gets
	tenTimes        = 2560 // as many again and again, each sending as fast as it is answered
	slowConnections = 5000 // that send a byte a second
	goodPause       = 10 * time.Millisecond
)

// overload measures what a sender of one source, who sends a report every now and then, sees of the others: of a source that
// keeps the collector busy, and then of ten times as many senders and thousands of slow ones.
func overload(o options, during time.Duration) error {
	s, err := startCallsheet(o.callsheet, o.dir, o.inFlight)
	if err != nil {
		return err
	}
	defer s.stop()
	fmt.Println("| load | stored/s | not stored | good client's median | p99 | p99.9 | memory at the end |")
	fmt.Println("|---|---|---|---|---|---|---|")
	if err := underLoad(s, "capacity", atCapacity, during/3); err != nil {
		return err
	}
	closeSlow, err := slow(s, slowConnections)
	if err != nil {
		return err
	}
	defer closeSlow()
	if err := underLoad(s, fmt.Sprintf("capacity, and %d slow connections", slowConnections), atCapacity, during/3); err != nil {
		return err
	}
	for part := 1; part <= 6; part++ {
		load := fmt.Sprintf("ten times that, and %d slow connections, part %d of 6", slowConnections, part)
		if err := underLoad(s, load, tenTimes, during/6); err != nil {
			return err
		}
	}
	return nil
}

// underLoad prints what the good client sees while so many connections of another source are busy.
func underLoad(s *server, load string, connections int, during time.Duration) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	var answer []byte
	var sees seen
	var goodErr error
	var running sync.WaitGroup
	running.Go(func() { answer, goodErr = exec.Command(self, "-good", s.address, "-during", during.String()).Output() })
	busy, err := hammer(s.address, s.path, connections, during, 0)
	running.Wait()
	if err := errors.Join(err, goodErr); err != nil {
		return err
	}
	if err := json.Unmarshal(answer, &sees); err != nil {
		return err
	}
	memory, _, err := s.usage()
	if err != nil {
		return err
	}
	fmt.Printf("| %s | %.0f | %d | %v | %v | %v | %d MB |\n", load, busy.perSecond(), busy.notStored()+sees.NotStored,
		sees.Median.Round(10*time.Microsecond), sees.P99.Round(10*time.Microsecond), sees.P999.Round(10*time.Microsecond), memory>>20)
	return nil
}

// seen is what the good client saw.
type seen struct {
	Median, P99, P999, Slowest time.Duration
	NotStored                  int
}

// goodClient sends a report every now and then and prints what it saw. It is a process of its own, since in this one it
// would wait for the thousands of busy senders.
func goodClient(address string, during time.Duration) error {
	r, err := hammer(address, goodPath, 1, during, goodPause)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(seen{r.quantile(0.5), r.quantile(0.99), r.quantile(0.999), r.quantile(1), r.notStored()})
}

// slow opens connections that each send a request a byte a second, again and again, until they are closed.
func slow(s *server, count int) (closeAll func(), err error) {
	stop := make(chan struct{})
	var open sync.WaitGroup
	closeAll = func() {
		close(stop)
		open.Wait()
	}
	request := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n%1000d", s.path, 0)
	for i := range count {
		conn, err := net.Dial("tcp", s.address)
		if err != nil {
			closeAll()
			return nil, fmt.Errorf("slow connection %d: %w", i, err)
		}
		open.Go(func() {
			defer func() { conn.Close() }()
			time.Sleep(time.Second * time.Duration(i) / time.Duration(count)) // not all of them at once
			for at := 0; ; at = (at + 1) % len(request) {
				if _, err := conn.Write(request[at : at+1]); err != nil { // the collector had enough of it
					conn.Close()
					again, err := net.Dial("tcp", s.address)
					if err != nil {
						return
					}
					conn, at = again, -1
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
