package notify

import (
	"errors"
	"fmt"
	"html"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gocloud.dev/blob"
)

func TestBucketStoresWorkbook(t *testing.T) {
	for name, url := range map[string]string{"file": "file://" + t.TempDir() + "?prefix=reports/", "s3": startS3(t)} {
		t.Run(name, func(t *testing.T) {
			if url == "" {
				t.Skip("versitygw is not installed: go install github.com/versity/versitygw/cmd/versitygw@v1.8.0")
			}
			b := Bucket{URL: url, Name: "{report}/{period}.xlsx"}
			for _, text := range []string{strings.Repeat("first", 3_000_000), "second"} { // the first in several parts
				place, err := b.Send(t.Context(), testMessage(t, text), "")
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

func TestBucketErrorsAreClassified(t *testing.T) {
	for url, wantPermanent := range map[string]bool{"nowhere://x": true, "file:///nonexistent/folder": true} {
		_, err := Bucket{URL: url}.Send(t.Context(), testMessage(t, "text"), "")
		if err == nil || errors.Is(err, ErrPermanent) != wantPermanent {
			t.Errorf("%s: %v", url, err)
		}
	}
	if url := startS3(t); url != "" {
		_, err := Bucket{URL: strings.Replace(url, "s3://reports", "s3://missing", 1)}.Send(t.Context(), testMessage(t, "text"), "")
		if !errors.Is(err, ErrPermanent) || !strings.Contains(err.Error(), "s3://missing") {
			t.Errorf("a missing bucket: %v", err)
		}
	}
	down := "s3://reports?region=us-east-1&use_path_style=true&disable_https=true&endpoint=http://127.0.0.1:1"
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	if _, err := (Bucket{URL: down}).Send(t.Context(), testMessage(t, "text"), ""); err == nil || errors.Is(err, ErrPermanent) {
		t.Errorf("a storage that is down: %v", err)
	}
}

// TestBucketErrorsHideSecrets uses storages that repeat the request, and URLs with secrets.
func TestBucketErrorsHideSecrets(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "XQZ0001XQZ")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "XQZ0002XQZ")
	t.Setenv("AWS_MAX_ATTEMPTS", "1")
	t.Setenv("AZURE_STORAGE_ACCOUNT", "account")
	t.Setenv("AZURE_STORAGE_SAS_TOKEN", "sv=2024&sig=XQZ0003XQZ")
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		request, _ := httputil.DumpRequest(r, false)
		w.Header().Set("X-Amz-Request-Id", r.URL.String())
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, "<Error><Code>AccessDenied</Code><Message>%s</Message><RequestId>%s</RequestId></Error>", html.EscapeString(string(request)), r.Header.Get("Authorization"))
	}))
	defer echo.Close()
	address := strings.TrimPrefix(echo.URL, "http://")
	for bucket, want := range map[string]string{
		"s3://reports?region=here&use_path_style=true&endpoint=" + echo.URL + "/XQZ0004XQZ":              "403 Forbidden, AccessDenied",
		"s3://reports?region=here&use_path_style=true&endpoint=http://XQZ0005XQZ:XQZ0006XQZ@" + address:  "403 Forbidden",
		"s3://reports?region=here&use_path_style=true&endpoint=http://XQZ0005XQZ:XQZ0006XQZ@127.0.0.1:1": "connection refused",
		"s3://XQZ0005XQZ:XQZ0006XQZ@reports?region=here&endpoint=" + echo.URL + "&use_path_style=true":   "403 Forbidden",
		"s3://reports?secret=XQZ0007XQZ":                                 `unknown query parameter "secret"`,
		"s3://reports?XQZ0007XQZ":                                        "parameters that this storage does not accept",
		"s3://reports?accelerate=XQZ0007XQZ":                             "parameters that this storage does not accept",
		"nowhere://reports?key=XQZ0007XQZ":                               "",
		"azblob://reports?sig=XQZ0007XQZ":                                `unknown query parameter "sig"`,
		"azblob://reports?protocol=http&localemu=true&domain=" + address: "",
		"file:///nonexistent/folder?key=XQZ0007XQZ":                      "",
		"s3://reports?%zzXQZ0007XQZ":                                     "",
		"s3://re ports:XQZ0007XQZ/?a=b":                                  "invalid URL",
	} {
		_, err := Bucket{URL: bucket}.Send(t.Context(), testMessage(t, "text"), "")
		if err == nil || strings.Contains(err.Error(), "XQZ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", bucket, err, want)
		}
	}
}

// startS3 starts a real S3 gateway over a folder and returns the URL of a bucket in it, or "" if the gateway is not installed.
func startS3(t *testing.T) string {
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
