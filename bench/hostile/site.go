package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// site is a configuration and the `callsheet serve` that runs with it.
type site struct {
	callsheet, dir, config, address string

	mu    sync.Mutex
	serve *exec.Cmd
	log   *os.File
	peak  int64 // peak resident memory of serve, in bytes
}

const token = "a-token-for-the-hostile-run"

const configuration = `timezone: Asia/Kolkata
data_dir: ./data
collector:
  listen: %s
  sources:
    - name: main
      tokens: [%s]
store:
  memory_limit: 150MB
reports:
  - name: today
    template: daily
    schedule: "* * * * *"
    period: today
    deliver:
      - folder: ./reports
`

func newSite(callsheet, dir string) (*site, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &site{callsheet: callsheet, dir: dir, config: filepath.Join(dir, "callsheet.yaml"), address: listener.Addr().String()}
	if err := listener.Close(); err != nil {
		return nil, err
	}
	if s.log, err = os.Create(filepath.Join(dir, "serve.log")); err != nil {
		return nil, err
	}
	return s, os.WriteFile(s.config, fmt.Appendf(nil, configuration, s.address, token), 0o600)
}

// command returns a callsheet command on this site.
func (s *site) command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, s.callsheet, append([]string{"--config", s.config}, args...)...)
}

// output runs a command and returns its standard output. The error contains its standard error.
func (s *site) output(ctx context.Context, args ...string) (string, error) {
	command := s.command(ctx, args...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String(), fmt.Errorf("callsheet %s: %w\n%s", strings.Join(args, " "), err, stderr.String())
	}
	return stdout.String(), nil
}

// start starts serve and waits until it is ready.
func (s *site) start() error {
	serve := s.command(context.Background(), "serve")
	serve.Stderr = s.log
	if err := serve.Start(); err != nil {
		return err
	}
	s.mu.Lock()
	s.serve = serve
	s.mu.Unlock()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		response, err := http.Get("http://" + s.address + "/readyz")
		if err != nil {
			continue
		}
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
	}
	return fmt.Errorf("serve is not ready; see %s", s.log.Name())
}

// kill kills and restarts serve.
func (s *site) kill() error {
	s.measure()
	if err := s.serve.Process.Kill(); err != nil {
		return err
	}
	_ = s.serve.Wait()
	return s.start()
}

// stop stops serve with SIGTERM.
func (s *site) stop() {
	s.mu.Lock()
	serve := s.serve
	s.serve = nil
	s.mu.Unlock()
	if serve == nil {
		return
	}
	s.measurePID(serve.Process.Pid)
	_ = serve.Process.Signal(syscall.SIGTERM)
	_ = serve.Wait()
}

// children returns the ids of serve's child processes.
func (s *site) children() ([]int, error) {
	pid := s.serve.Process.Pid
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return nil, err
	}
	var all []int
	for _, path := range threads {
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue // the thread ended
		}
		if err != nil {
			return nil, err
		}
		for _, field := range strings.Fields(string(text)) {
			if id, err := strconv.Atoi(field); err == nil {
				all = append(all, id)
			}
		}
	}
	return all, nil
}

func (s *site) measure() { s.measurePID(s.serve.Process.Pid) }

// measurePID updates the peak with the peak memory of a process.
func (s *site) measurePID(pid int) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return // it ended
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kilobytes, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			s.peak = max(s.peak, kilobytes<<10)
		}
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
