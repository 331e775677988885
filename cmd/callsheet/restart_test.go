package main

import (
	"callsheet/internal/servertest"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startWithSocket starts a command as systemd starts a service of a socket unit: the open socket is file descriptor 3.
func startWithSocket(t *testing.T, dir string, socket *os.File, command string) (*exec.Cmd, *syncedBuffer) {
	t.Helper()
	process, log := exec.Command("sh", "-c", `LISTEN_PID=$$ LISTEN_FDS=1 exec callsheet "$0"`, command), &syncedBuffer{}
	process.Dir, process.Stderr, process.ExtraFiles = dir, log, []*os.File{socket}
	process.Env = append(os.Environ(), "CALLSHEET_MAIN_TOKEN=a-token-for-tests")
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		process.Process.Kill()
		process.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	return process, log
}

// openSocket returns a socket that listens, and its address.
func openSocket(t *testing.T) (*os.File, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	return socket, listener.Addr().String()
}

// TestRestartWithASocketUnitRefusesNoDelivery sends without pause while collect and serve are stopped and started again.
func TestRestartWithASocketUnitRefusesNoDelivery(t *testing.T) {
	skipIfShort(t)
	for _, command := range []string{"collect", "serve"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			socket, address := openSocket(t)
			config := strings.Replace(smallConfig, "ADDRESS", address, 1)
			if err := os.WriteFile(filepath.Join(dir, "callsheet.yaml"), []byte(config), 0o600); err != nil {
				t.Fatal(err)
			}
			senders := startSenders(t, address, 0) // HTTP cannot tell whether a request on a kept connection was read before it was closed
			for range 3 {
				process, _ := startWithSocket(t, dir, socket, command)
				if err := waitReady(address); err != nil {
					t.Fatal(err)
				}
				time.Sleep(200 * time.Millisecond)
				if err := process.Process.Signal(syscall.SIGTERM); err != nil {
					t.Fatal(err)
				}
				if err := process.Wait(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(200 * time.Millisecond) // connections wait in the queue of the socket
			}
			startWithSocket(t, dir, socket, command)
			if err := waitReady(address); err != nil {
				t.Fatal(err)
			}
			senders.end(dir)
		})
	}
}

func TestASocketUnitForAnotherAddressIsAnError(t *testing.T) {
	dir := t.TempDir()
	socket, address := openSocket(t)
	config := strings.Replace(smallConfig, "ADDRESS", servertest.FreeAddress(), 1)
	if err := os.WriteFile(filepath.Join(dir, "callsheet.yaml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	process, log := startWithSocket(t, dir, socket, "collect")
	if err := process.Wait(); err == nil || !strings.Contains(log.String(), "systemd listens on "+address) {
		t.Errorf("%v: %s", err, log.String())
	}
}
