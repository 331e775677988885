package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// server is a process that receives reports.
type server struct {
	name    string
	path    string // for POST requests
	address string
	process *exec.Cmd
}

// start runs a command in a folder and waits until it listens.
func start(name, dir, address, path string, command ...string) (*server, error) {
	process := exec.Command(command[0], command[1:]...)
	process.Dir = dir
	process.Env = append(os.Environ(), "CALLSHEET_MAIN_TOKEN="+token)
	log, err := os.Create(filepath.Join(dir, name+".log"))
	if err != nil {
		return nil, err
	}
	process.Stdout, process.Stderr = log, log
	if err := process.Start(); err != nil {
		return nil, err
	}
	s := &server{name, path, address, process}
	for range 200 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return s, conn.Close()
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.stop()
	return nil, fmt.Errorf("%s does not listen; see %s", name, log.Name())
}

func (s *server) stop() {
	s.process.Process.Signal(unix.SIGTERM)
	s.process.Wait()
}

// usage returns the resident memory of the process in bytes and its CPU time so far.
func (s *server) usage() (memory int64, processor time.Duration, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.process.Process.Pid))
	if err != nil {
		return 0, 0, err
	}
	// The fields after the name in brackets begin with field 3 of proc(5); 14 is utime, 15 stime, 24 rss.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	var numbers [3]int64
	for i, field := range []int{14, 15, 24} {
		if numbers[i], err = strconv.ParseInt(fields[field-3], 10, 64); err != nil {
			return 0, 0, err
		}
	}
	const tick = 10 * time.Millisecond // the unit of utime and stime
	return numbers[2] * int64(os.Getpagesize()), time.Duration(numbers[0]+numbers[1]) * tick, nil
}

const token = "a-token-for-the-benchmark"

const callsheetConfig = `timezone: Asia/Kolkata
data_dir: ./data
collector:
  listen: %s
  sources:
    - name: main
      tokens: ["${CALLSHEET_MAIN_TOKEN}"]
    - name: good
      tokens: ["${CALLSHEET_MAIN_TOKEN}"]
`

// goodPath is the path for reports of the second source.
const goodPath = "/hooks/good/" + token

func startCallsheet(binary, dir string, inFlight int) (*server, error) {
	name := filepath.Base(binary)
	dir, address, err := prepare(dir, name)
	if err != nil {
		return nil, err
	}
	config := fmt.Sprintf(callsheetConfig, address)
	if inFlight > 0 {
		config += fmt.Sprintf("  limits:\n    in_flight: %d\n", inFlight)
	}
	if err := os.WriteFile(filepath.Join(dir, "callsheet.yaml"), []byte(config), 0o600); err != nil {
		return nil, err
	}
	return start(name, dir, address, "/hooks/main/"+token, binary, "collect")
}

const benthosConfig = `http:
  enabled: false
logger:
  level: WARN
input:
  http_server:
    address: %s
    path: /post
output:
  file:
    path: %s
    codec: lines
`

func startBenthos(binary, dir string) (*server, error) {
	dir, address, err := prepare(dir, "benthos")
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, "benthos.yaml")
	config := fmt.Sprintf(benthosConfig, address, filepath.Join(dir, "deliveries.ndjson"))
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, err
	}
	return start("benthos", dir, address, "/post", binary, "run", path)
}

// startPlain runs this program as one of the plain servers.
func startPlain(kind, dir string) (*server, error) {
	dir, address, err := prepare(dir, kind)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(kind, dir, address, "/", self, "-plain", kind, "-listen", address, "-file", filepath.Join(dir, "deliveries.ndjson"))
}

// prepare creates a folder for a server and finds a free address.
func prepare(dir, name string) (folder, address string, err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", "", err
	}
	folder = filepath.Join(dir, name)
	return folder, listener.Addr().String(), errors.Join(listener.Close(), os.MkdirAll(folder, 0o700))
}

// servePlain runs a bare net/http handler that reads the body and responds, or with "sync" one that writes and syncs each body before it
// responds, one after the other.
func servePlain(kind, address, path string) error {
	store := func([]byte) error { return nil }
	if kind == "sync" {
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		var mu sync.Mutex
		store = func(body []byte) error {
			mu.Lock()
			defer mu.Unlock()
			_, err := file.Write(append(body, '\n'))
			return errors.Join(err, unix.Fdatasync(int(file.Fd())))
		}
	}
	return http.ListenAndServe(address, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = store(body)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		io.WriteString(w, "{}\n")
	}))
}

// syncTime returns the median time of a write and fdatasync of one line in a folder: the bound for one connection.
func syncTime(dir string) (time.Duration, error) {
	file, err := os.Create(filepath.Join(dir, "one-line-synced"))
	if err != nil {
		return 0, err
	}
	defer file.Close()
	line := []byte(report + strings.Repeat(" ", 128) + "\n")
	var times []time.Duration
	for range 2000 {
		before := time.Now()
		if _, err := file.Write(line); err != nil {
			return 0, err
		}
		if err := unix.Fdatasync(int(file.Fd())); err != nil {
			return 0, err
		}
		times = append(times, time.Since(before))
	}
	return median(times), nil
}
