package servertest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// StartS3 starts a real S3 gateway over a folder and returns the URL of a bucket in it. The credentials are in the environment.
func StartS3(t *testing.T) string {
	t.Helper()
	skipIfShort(t)
	gateway, err := exec.LookPath("versitygw")
	if err != nil {
		missing(t, "versitygw: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0")
	}
	address := FreeAddress()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "reports"), 0o755); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(gateway, "--access", "testing", "--secret", "testing-secret", "--port", address, "posix", dir)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Process.Kill(); command.Wait() })
	for range 100 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "testing")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "testing-secret")
	return fmt.Sprintf("s3://reports?region=us-east-1&use_path_style=true&endpoint=http://%s", address)
}
