package notify

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"strings"
	"testing"

	"gocloud.dev/blob"

	"callsheet/internal/servertest"
)

func TestBucketStoresWorkbook(t *testing.T) {
	for name, start := range map[string]func(*testing.T) string{
		"file": func(t *testing.T) string { return "file://" + t.TempDir() + "?prefix=reports/" }, "s3": servertest.StartS3,
	} {
		t.Run(name, func(t *testing.T) {
			url := start(t)
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
	if testing.Short() {
		t.Skip("waits for retries")
	}
	for url, wantPermanent := range map[string]bool{"nowhere://x": true, "file:///nonexistent/folder": true} {
		_, err := Bucket{URL: url}.Send(t.Context(), testMessage(t, "text"), "")
		if err == nil || errors.Is(err, ErrPermanent) != wantPermanent {
			t.Errorf("%s: %v", url, err)
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
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
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
