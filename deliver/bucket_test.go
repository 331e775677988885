package deliver

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob"
)

func TestBucketHoldsTheWorkbook(t *testing.T) {
	for name, url := range map[string]string{"file": "file://" + t.TempDir() + "?prefix=reports/", "s3": s3(t)} {
		t.Run(name, func(t *testing.T) {
			if url == "" {
				t.Skip("versitygw is not installed: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0")
			}
			b := Bucket{URL: url, Name: "{report}/{period}.xlsx"}
			for _, text := range []string{strings.Repeat("first", 3_000_000), "second"} { // the first in several parts
				place, err := b.Send(t.Context(), parcel(t, text), "")
				if err != nil {
					t.Fatal(err)
				}
				if !strings.HasSuffix(place, "/daily/2026-10-04.xlsx") || strings.Contains(place, "?") {
					t.Errorf("it is at %s", place)
				}
				bucket, err := blob.OpenBucket(t.Context(), url)
				if err != nil {
					t.Fatal(err)
				}
				defer bucket.Close()
				if got, err := bucket.ReadAll(t.Context(), "daily/2026-10-04.xlsx"); err != nil || string(got) != text {
					t.Errorf("%d bytes, %v, want %d", len(got), err, len(text))
				}
			}
		})
	}
}

func TestBucketErrorsSayWhetherToTryAgain(t *testing.T) {
	for url, wantRefused := range map[string]bool{"nowhere://x": true, "file:///nonexistent/folder": true} {
		_, err := Bucket{URL: url}.Send(t.Context(), parcel(t, "text"), "")
		if err == nil || errors.Is(err, ErrRefused) != wantRefused {
			t.Errorf("%s: %v", url, err)
		}
	}
	if url := s3(t); url != "" {
		_, err := Bucket{URL: strings.Replace(url, "s3://reports", "s3://missing", 1)}.Send(t.Context(), parcel(t, "text"), "")
		if !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "s3://missing") {
			t.Errorf("a bucket that is not there: %v", err)
		}
	}
	down := "s3://reports?region=us-east-1&use_path_style=true&disable_https=true&endpoint=http://127.0.0.1:1"
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	if _, err := (Bucket{URL: down}).Send(t.Context(), parcel(t, "text"), ""); err == nil || errors.Is(err, ErrRefused) {
		t.Errorf("a storage that is down: %v", err)
	}
}

// s3 starts a real S3 gateway over a folder and gives the URL of a bucket in it; "" where there is none.
func s3(t *testing.T) string {
	t.Helper()
	gateway, err := exec.LookPath("versitygw")
	if err != nil {
		return ""
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
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
