package smtptest

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// installed returns the path of a server that needs root. The test is skipped without either, or fails where servers are required.
func installed(t testing.TB, path, name string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	program, err := exec.LookPath(path)
	switch {
	case err == nil && os.Getuid() == 0:
		return program
	case os.Getenv("CALLSHEET_TEST_SERVERS") != "":
		t.Fatalf("%s cannot be started: %v, user %d", name, err, os.Getuid())
	}
	t.Skipf("needs %s and root", name)
	return ""
}

// start starts a server and waits until it listens. It ends with the test.
func start(t testing.TB, command *exec.Cmd, port int, log *bytes.Buffer) {
	t.Helper()
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt) // the parent process; the others end with it
		_ = command.Wait()
		if t.Failed() {
			t.Logf("%s says:\n%s", command.Path, log.String())
		}
	})
	for range 200 {
		if conn, err := net.Dial("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil {
			conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s does not listen", command.Path)
}
