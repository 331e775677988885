package notify

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"gocloud.dev/blob"

	"callsheet/internal/servertest"
)

// s3Error answers with an error of S3.
func s3Error(w http.ResponseWriter, r *http.Request, status int, code string) bool {
	_, _ = io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
	return true
}

// object returns the content of the only object of a bucket, "" if it has none.
func object(t *testing.T, bucketURL string) string {
	t.Helper()
	bucket, err := blob.OpenBucket(t.Context(), bucketURL)
	if err != nil {
		t.Fatal(err)
	}
	defer bucket.Close()
	first, err := bucket.List(nil).Next(t.Context())
	if errors.Is(err, io.EOF) {
		return ""
	}
	if err != nil {
		t.Fatal(err)
	}
	content, err := bucket.ReadAll(t.Context(), first.Key)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestRecipesOfS3 uses the URLs that docs/delivery.md recommends.
func TestRecipesOfS3(t *testing.T) {
	gateway := servertest.StartS3(t)
	// Gateways of before 2025 know neither checksums in headers nor those in trailers.
	old := servertest.BeforeS3(t, gateway, func(w http.ResponseWriter, r *http.Request) bool {
		for name, values := range r.Header {
			text := strings.ToLower(name + ": " + strings.Join(values, ","))
			if strings.Contains(text, "x-amz-trailer") || strings.Contains(text, "aws-chunked") || strings.Contains(text, "checksum") || strings.Contains(text, "trailer") {
				return s3Error(w, r, http.StatusNotImplemented, "NotImplemented")
			}
		}
		return false
	})
	profile := filepath.Join(t.TempDir(), "credentials")
	write(t, profile, "[reports]\naws_access_key_id = testing\naws_secret_access_key = testing-secret\n")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", profile)
	large := strings.Repeat("part ", 3_000_000) // sent in several parts
	for _, text := range []string{"text", large} {
		if _, err := (Bucket{URL: old}).Send(t.Context(), testMessage(t, text), ""); err == nil || !strings.Contains(err.Error(), "hint: an older storage needs request_checksum_calculation=when_required") {
			t.Errorf("an old gateway without the setting: %v", err)
		}
		for name, url := range map[string]string{
			"path style of version 1": strings.Replace(gateway, "use_path_style", "s3ForcePathStyle", 1),
			"an old gateway":          old + "&request_checksum_calculation=when_required&response_checksum_validation=when_required",
			"a prefix":                gateway + "&prefix=calls/",
			"not AWS":                 gateway + "&hostname_immutable=true&accelerate=false&dualstack=false&awssdk=v2",
			"a limit of the rate":     gateway + "&rate_limiter_capacity=100",
			"encryption by name":      gateway + "&ssetype=AES256",
		} {
			place, err := Bucket{URL: url}.Send(t.Context(), testMessage(t, text), "")
			if err != nil || strings.Contains(place, "?") {
				t.Errorf("%s, %d bytes: %s, %v", name, len(text), place, err)
			}
			if err := (Bucket{URL: url}).Check(t.Context()); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := object(t, gateway+"&prefix=calls/"); got != text {
			t.Errorf("got %d bytes, want %d", len(got), len(text))
		}
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "")
	if _, err := (Bucket{URL: gateway + "&profile=reports"}).Send(t.Context(), testMessage(t, "text"), ""); err != nil {
		t.Errorf("a profile: %v", err)
	}
}

func TestABucketThatMayOnlyBeWrittenIsEnough(t *testing.T) {
	gateway := servertest.StartS3(t)
	writeOnly := servertest.BeforeS3(t, gateway, func(w http.ResponseWriter, r *http.Request) bool {
		return r.Method != http.MethodPut && r.Method != http.MethodPost && s3Error(w, r, http.StatusForbidden, "AccessDenied")
	})
	for _, text := range []string{"text", strings.Repeat("part ", 3_000_000), "again"} {
		if _, err := (Bucket{URL: writeOnly}).Send(t.Context(), testMessage(t, text), ""); err != nil {
			t.Errorf("%d bytes: %v", len(text), err)
		}
		if got := object(t, gateway); got != text {
			t.Errorf("got %d bytes, want %d", len(got), len(text))
		}
	}
	if err := (Bucket{URL: writeOnly}).Check(t.Context()); err != nil {
		t.Errorf("check: %v", err)
	}
}

// TestAnInterruptedUploadLeavesTheOldObject fails uploads in one and in several parts, and then retries them.
func TestAnInterruptedUploadLeavesTheOldObject(t *testing.T) {
	gateway := servertest.StartS3(t)
	for name, fails := range map[string]func(http.ResponseWriter, *http.Request) bool{
		"cut short": func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodPut {
				return false
			}
			_, _ = io.CopyN(io.Discard, r.Body, 2)
			panic(http.ErrAbortHandler)
		},
		"second part": func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Query().Get("partNumber") != "1" && r.Method == http.MethodPut && s3Error(w, r, http.StatusServiceUnavailable, "SlowDown")
		},
		"no answer to the last request": func(w http.ResponseWriter, r *http.Request) bool {
			return (r.Method == http.MethodPost && r.URL.Query().Has("uploadId") || r.Method == http.MethodPut && !r.URL.Query().Has("partNumber")) &&
				s3Error(w, r, http.StatusInternalServerError, "InternalError")
		},
	} {
		for _, size := range []int{4, 15_000_000} {
			t.Run(fmt.Sprint(name, size), func(t *testing.T) {
				t.Parallel() // the library waits before it tries again
				var failing atomic.Bool
				prefix := fmt.Sprintf("&prefix=%d-%d/", len(name), size)
				url := servertest.BeforeS3(t, gateway, func(w http.ResponseWriter, r *http.Request) bool { return failing.Load() && fails(w, r) }) + prefix
				if _, err := (Bucket{URL: url}).Send(t.Context(), testMessage(t, "old"), ""); err != nil {
					t.Fatal(err)
				}
				failing.Store(true)
				text := strings.Repeat("n", size)
				place, err := Bucket{URL: url}.Send(t.Context(), testMessage(t, text), "")
				if got := object(t, gateway+prefix); err == nil || place != "" || errors.Is(err, ErrPermanent) || got != "old" {
					t.Errorf("%q, %v, the object has %d bytes", place, err, len(got))
				}
				failing.Store(false)
				if _, err := (Bucket{URL: url}).Send(t.Context(), testMessage(t, text), ""); err != nil || object(t, gateway+prefix) != text {
					t.Errorf("the retry: %v", err)
				}
			})
		}
	}
}

func TestBucketErrorsNameTheCause(t *testing.T) {
	t.Setenv("AWS_EC2_METADATA_DISABLED", "true")
	t.Setenv("AWS_CONFIG_FILE", os.DevNull)
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", os.DevNull)
	gateway := servertest.StartS3(t)
	answers := func(status int, code string) string {
		return servertest.BeforeS3(t, gateway, func(w http.ResponseWriter, r *http.Request) bool { return s3Error(w, r, status, code) })
	}
	for name, test := range map[string]struct {
		url    string
		secret string
		want   []string
	}{
		"missing bucket":    {strings.Replace(gateway, "s3://reports", "s3://missing", 1), "testing-secret", []string{"s3://missing", "NoSuchBucket", "hint: create the bucket"}},
		"wrong secret":      {gateway, "wrong", []string{"SignatureDoesNotMatch", "hint: correct the access key"}},
		"wrong region":      {strings.Replace(gateway, "us-east-1", "eu-west-1", 1), "testing-secret", []string{"hint: correct region="}},
		"no credentials":    {gateway, "", []string{"there are no credentials", "hint: set AWS_ACCESS_KEY_ID"}},
		"no path style":     {strings.Replace(strings.Replace(gateway, "use_path_style=true&", "", 1), "127.0.0.1", "nowhere.invalid", 1), "testing-secret", []string{"no such host", "use_path_style=true"}},
		"no scheme":         {strings.Replace(gateway, "http://", "", 1), "testing-secret", []string{"endpoint must begin with https://"}},
		"no region":         {"s3://reports", "testing-secret", []string{"there is no region", "region=… to the URL"}},
		"unknown parameter": {gateway + "&path_style=true", "testing-secret", []string{`unknown query parameter "path_style"`}},
		"wrong value":       {gateway + "&request_checksum_calculation=never", "testing-secret", []string{"see request_checksum_calculation", "hint: "}},
		"unknown profile":   {gateway + "&profile=nobody", "testing-secret", []string{"see profile"}},
		"clock":             {answers(403, "RequestTimeTooSkewed"), "testing-secret", []string{"RequestTimeTooSkewed", "hint: the clock of this machine is wrong"}},
		"other region":      {answers(301, "PermanentRedirect"), "testing-secret", []string{"PermanentRedirect", "hint: correct region="}},
		"expired":           {answers(400, "ExpiredToken"), "testing-secret", []string{"hint: the credentials of the session have expired"}},
		"unknown key":       {answers(403, "InvalidAccessKeyId"), "testing-secret", []string{"InvalidAccessKeyId", "hint: correct the access key"}},
		"no permission":     {answers(403, "AccessDenied"), "testing-secret", []string{"AccessDenied", "hint: the credentials need the permission to write"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("AWS_SECRET_ACCESS_KEY", test.secret)
			if test.secret == "" {
				t.Setenv("AWS_ACCESS_KEY_ID", "")
			}
			_, sent := Bucket{URL: test.url}.Send(t.Context(), testMessage(t, "text"), "")
			for what, err := range map[string]error{"send": sent, "check": Bucket{URL: test.url}.Check(t.Context())} {
				if what == "check" && name == "no permission" {
					if err != nil {
						t.Errorf("check needs the permission to list: %v", err)
					}
					continue
				}
				for _, want := range test.want {
					if what == "check" && (want == "s3://missing" || want == "NoSuchBucket") {
						want = "it does not exist" // the name of the check has that of the bucket
					}
					if err == nil || !strings.Contains(err.Error(), want) {
						t.Errorf("%s: %v, want %q", what, err, want)
					}
				}
			}
		})
	}
}
