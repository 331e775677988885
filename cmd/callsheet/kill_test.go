package main

import (
	"bufio"
	"bytes"
	"callsheet/internal/servertest"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

var kills = flag.Int("kills", 10, "how often the collector is killed under load")

// TestKilledCollectorKeepsAcknowledgedDeliveries repeatedly kills the real program under load and checks that every delivery that was
// answered with 200 is in the spool.
func TestKilledCollectorKeepsAcknowledgedDeliveries(t *testing.T) {
	dir := t.TempDir()
	acked := map[string]bool{}
	var mu sync.Mutex
	for round := range *kills {
		address := servertest.FreeAddress()
		process := start(t, dir, address)
		before := len(acked)
		var sending sync.WaitGroup
		for sender := range 8 {
			sending.Go(func() {
				for i := 0; ; i++ {
					sid := fmt.Sprintf("%d-%d-%d", round, sender, i)
					status, _, err := post(address, sid)
					if err != nil {
						return // the process is dead
					}
					if status == http.StatusOK {
						mu.Lock()
						acked[sid] = true
						if len(acked) == before+200+round%10*37 {
							process.Process.Kill()
						}
						mu.Unlock()
					}
				}
			})
		}
		sending.Wait()
		process.Wait()
	}
	found := spooledSids(t, filepath.Join(dir, "data", "spool"))
	for sid := range acked {
		if found[sid] != 1 {
			t.Fatalf("of %d acknowledged deliveries %s is in the spool %d times", len(acked), sid, found[sid])
		}
	}
	t.Logf("%d kills, %d acknowledged deliveries, %d lines", *kills, len(acked), len(found))
}

// start runs a collector in a folder and waits until it is ready. It is killed at the end of the test.
func start(t *testing.T, dir, address string) *exec.Cmd {
	t.Helper()
	config := strings.Replace(smallConfig, "ADDRESS", address, 1)
	if err := os.WriteFile(filepath.Join(dir, "callsheet.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	process := exec.Command("callsheet", "collect")
	process.Dir = dir
	process.Env = append(os.Environ(), "CALLSHEET_MAIN_TOKEN=a-token-for-tests", maxThreads+"=")
	var log bytes.Buffer
	process.Stderr = &log
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { process.Process.Kill() })
	if err := waitReady(address); err != nil {
		process.Process.Kill()
		process.Wait()
		t.Fatalf("%v\n%s", err, log.String())
	}
	return process
}

// post sends a delivery with a CallSid and returns the status and Retry-After of the response.
func post(address, sid string) (status int, retryAfter string, err error) {
	response, err := http.Post("http://"+address+"/hooks/main/a-token-for-tests", "application/json",
		strings.NewReader(fmt.Sprintf(`{"CallSid":%q}`, sid)))
	if err != nil {
		return 0, "", err
	}
	io.Copy(io.Discard, response.Body) // so that the connection is reused
	return response.StatusCode, response.Header.Get("Retry-After"), response.Body.Close()
}

// spooledSids counts the CallSids of complete lines; a truncated last line was never acknowledged.
func spooledSids(t *testing.T, dir string) map[string]int {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "*.ndjson"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no spool files: %v", err)
	}
	found := map[string]int{}
	for _, path := range paths {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			var line struct{ Payload struct{ CallSid string } }
			if json.Unmarshal(lines.Bytes(), &line) == nil {
				found[line.Payload.CallSid]++
			}
		}
		file.Close()
	}
	return found
}

// waitReady polls a collector until it is ready.
func waitReady(address string) error {
	var last error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		response, err := http.Get("http://" + address + "/readyz")
		if last = err; err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
	return fmt.Errorf("no collector is ready at %s: %v", address, last)
}
