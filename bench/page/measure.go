package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"callsheet/bench/reports"
)

// result is what a case and round measured.
type result struct {
	perSecond        float64 // deliveries stored
	median, p99      time.Duration
	seen, slowest    time.Duration // from the response to a delivery until a page has it
	processor        float64       // of the page's process, as a share of one core
	early, end, most int64         // its resident memory in bytes, at a quarter of the time, at the end and at most
}

// measure starts serve on an empty spool, opens the pages and sends deliveries.
func measure(o options, home *reports.Home, l load) (r result, err error) {
	if err := errors.Join(os.RemoveAll(home.Data), os.MkdirAll(home.Data, 0o700)); err != nil {
		return r, err
	}
	if home.Listen, err = freeAddress(); err != nil {
		return r, err
	}
	if home.Page, err = freeAddress(); err != nil {
		return r, err
	}
	if err := home.Configure(true); err != nil {
		return r, err
	}
	stop, page, err := serve(o, home)
	if err != nil {
		return r, err
	}
	defer stop()
	ctx, cancel := context.WithCancel(context.Background())
	var open sync.WaitGroup
	defer func() {
		cancel()
		open.Wait()
	}()
	watched, err := openPages(ctx, &open, home.Page, l)
	if err != nil {
		return r, err
	}
	before, err := readUsage(page)
	if err != nil {
		return r, err
	}
	memory := make(chan usages, 1)
	sampling, stopSampling := context.WithCancel(ctx)
	open.Go(func() { memory <- sample(sampling, page) })
	probing := make(chan probed, 1)
	end := time.Now().Add(o.during)
	open.Go(func() { probing <- probe(ctx, home, end) })
	sent := send(home, l.rate, o.calls, o.during)
	stopSampling()
	samples, seen := <-memory, <-probing
	after, err := readUsage(page)
	if err := errors.Join(err, sent.err, seen.err, samples.err); err != nil {
		return r, err
	}
	if l.pages > 0 && watched.states.Load() < int64(l.pages) {
		return r, fmt.Errorf("%d pages have got %d states", l.pages, watched.states.Load())
	}
	slices.Sort(sent.times)
	slices.Sort(seen.delays)
	if len(sent.times) == 0 || len(seen.delays) == 0 || len(samples.memory) == 0 {
		return r, errors.New("-during is too short")
	}
	return result{
		perSecond: float64(len(sent.times)) / sent.took.Seconds(), median: sent.times[len(sent.times)/2], p99: sent.times[len(sent.times)*99/100],
		seen: seen.delays[len(seen.delays)/2], slowest: seen.delays[len(seen.delays)-1],
		processor: (after.processor - before.processor).Seconds() / sent.took.Seconds(),
		early:     samples.memory[len(samples.memory)/4], end: samples.memory[len(samples.memory)-1], most: slices.Max(samples.memory),
	}, nil
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// serve starts callsheet serve and returns how to stop it, and the process id of the page.
func serve(o options, home *reports.Home) (stop func(), page int, err error) {
	log, err := os.Create(filepath.Join(o.dir, "serve.log"))
	if err != nil {
		return nil, 0, err
	}
	process := exec.Command(o.callsheet, "--config", home.Config, "serve")
	process.Stdout, process.Stderr = log, log
	if err := process.Start(); err != nil {
		return nil, 0, err
	}
	stop = func() {
		_ = process.Process.Signal(syscall.SIGTERM)
		_ = process.Wait()
		log.Close()
	}
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if answers("http://"+home.Listen+"/readyz") && answers("http://"+home.Page+"/") {
			page, err = childOf(process.Process.Pid, "page")
			if err != nil {
				stop()
			}
			return stop, page, err
		}
	}
	stop()
	text, _ := os.ReadFile(log.Name())
	return nil, 0, fmt.Errorf("serve is not ready:\n%s", text)
}

func answers(url string) bool {
	response, err := http.Get(url)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode == http.StatusOK
}
