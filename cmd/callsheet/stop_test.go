package main

import (
	"callsheet/internal/servertest"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestStopUnderLoadKeepsAcknowledgedDeliveries stops a busy collector: it reports not ready first, still stores deliveries, exits in
// time, and completes every request that it has begun to read.
func TestStopUnderLoadKeepsAcknowledgedDeliveries(t *testing.T) {
	dir, address := t.TempDir(), servertest.FreeAddress()
	process := start(t, dir, address)
	acked := map[string]bool{}
	var mu sync.Mutex
	var sending sync.WaitGroup
	for sender := range 8 {
		sending.Go(func() {
			for i := 0; ; i++ {
				sid := fmt.Sprintf("%d-%d", sender, i)
				status, _, err := post(address, sid)
				if err != nil {
					return
				}
				if status != http.StatusOK {
					t.Errorf("answered %d while stopping", status)
					return
				}
				mu.Lock()
				acked[sid] = true
				mu.Unlock()
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	stopped := time.Now()
	if err := process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	before := len(acked)
	mu.Unlock()
	closing := false
	for time.Since(stopped) < lameDuckTime/2 && !closing {
		if response, err := http.Get("http://" + address + "/readyz"); err == nil {
			closing = response.StatusCode == http.StatusServiceUnavailable
			response.Body.Close()
		}
	}
	if !closing {
		t.Error("readyz did not report that it is closing")
	}
	if err := process.Wait(); err != nil {
		t.Errorf("ended with %v", err)
	}
	if took := time.Since(stopped); took > 10*time.Second {
		t.Errorf("took %v to stop", took)
	}
	sending.Wait()
	if len(acked) == before {
		t.Error("nothing was stored while readyz reported that it is closing")
	}
	found := spooledSids(t, filepath.Join(dir, "data", "spool"))
	for sid := range acked {
		if found[sid] != 1 {
			t.Fatalf("of %d acknowledged deliveries %s is in the spool %d times", len(acked), sid, found[sid])
		}
	}
}

// TestFullDiskIsReportedAndSurvived fills the disk of the real program, kills it and starts it again, and frees space.
func TestFullDiskIsReportedAndSurvived(t *testing.T) {
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("tmpfs", data, "tmpfs", 0, "size=8m"); err != nil {
		t.Skip("mounting a small disk needs root: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(data, syscall.MNT_DETACH) })
	address := servertest.FreeAddress()
	process := start(t, dir, address)

	other := filepath.Join(data, "of another program")
	fill := func() {
		file, err := os.OpenFile(other, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for err == nil {
			_, err = file.Write(make([]byte, 4096))
		}
	}
	fill()
	acked := map[string]bool{}
	send := func(i int) (status int) {
		sid := fmt.Sprint(i)
		status, retryAfter, err := post(address, sid)
		if err != nil {
			t.Fatal(err)
		}
		if status == http.StatusServiceUnavailable && retryAfter == "" {
			t.Error("503 without Retry-After")
		}
		if status == http.StatusOK {
			acked[sid] = true
		}
		return status
	}
	i, began := 0, time.Now()
	for ; send(i) != http.StatusServiceUnavailable; i++ {
		if i > 1000 {
			t.Fatal("a full disk still stores")
		}
	}
	response, err := http.Get("http://" + address + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if took := time.Since(began); response.StatusCode != http.StatusServiceUnavailable || took > time.Second {
		t.Errorf("readyz %d after %v", response.StatusCode, took)
	}
	process.Process.Kill()
	process.Wait()
	fill()
	process = start(t, dir, address)
	for i++; send(i) != http.StatusServiceUnavailable; i++ {
		if i > 2000 {
			t.Fatal("a full disk still stores")
		}
	}
	if err := os.Remove(other); err != nil {
		t.Fatal(err)
	}
	if err := waitReady(address); err != nil {
		t.Fatal(err)
	}
	if send(i+1) != http.StatusOK {
		t.Error("does not store although there is space again")
	}
	for deadline := time.After(time.Minute); ; {
		text, _ := os.ReadFile(filepath.Join(data, "process.json"))
		if strings.Contains(string(text), fmt.Sprintf(`"pid":%d,`, process.Process.Pid)) {
			break
		}
		select {
		case <-deadline:
			t.Fatal("status does not know the process")
		case <-time.After(100 * time.Millisecond):
		}
	}
	found := spooledSids(t, filepath.Join(data, "spool"))
	for sid := range acked {
		if found[sid] != 1 {
			t.Errorf("acknowledged %s is in the spool %d times", sid, found[sid])
		}
	}
	t.Logf("%d acknowledged, then 503, then service again", len(acked))
}
