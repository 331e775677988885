package notify

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// startGoogle starts an emulator of Google Cloud Storage with a bucket, and returns its URL.
func startGoogle(t *testing.T, bucket string) (base string) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a server")
	}
	emulator, err := exec.LookPath("fake-gcs-server")
	if err != nil && os.Getenv("CALLSHEET_TEST_SERVERS") != "" {
		t.Fatal(err)
	}
	if err != nil {
		t.Skip("needs fake-gcs-server: go install github.com/fsouza/fake-gcs-server@v1.56.1")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	host, port, _ := net.SplitHostPort(address)
	command := exec.Command(emulator, "-scheme", "http", "-host", host, "-port", port, "-backend", "memory", "-public-host", address)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { command.Process.Kill(); command.Wait() })
	for range 200 {
		if conn, err := net.Dial("tcp", address); err == nil {
			conn.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	response, err := http.Post("http://"+address+"/storage/v1/b?project=p", "application/json", strings.NewReader(`{"name":"`+bucket+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatal(response.Status)
	}
	t.Setenv("STORAGE_EMULATOR_HOST", address)
	return "http://" + address
}

func TestGoogleStorageStoresWorkbook(t *testing.T) {
	base := startGoogle(t, "reports")
	get := func(query string) string {
		response, err := http.Get(base + "/storage/v1/b/reports/o/" + url.PathEscape("calls/daily/2026-10-04 + ü.xlsx") + query)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK {
			t.Fatalf("%s: %s, %v", query, response.Status, err)
		}
		return string(text)
	}
	b := Bucket{URL: "gs://reports?prefix=calls/", Name: "{report}/{period} + ü.xlsx"}
	for _, text := range []string{strings.Repeat("first", 3_000_000), "second"} {
		message := testMessage(t, text)
		place, err := b.Send(t.Context(), message, "")
		if err != nil {
			t.Fatal(err)
		}
		if place != "gs://reports/calls/daily/2026-10-04 + ü.xlsx" {
			t.Errorf("it is at %s", place)
		}
		if got := get("?alt=media"); got != text {
			t.Errorf("%d bytes, want %d", len(got), len(text))
		}
		var about struct {
			ContentType string
			Metadata    map[string]string
		}
		if err := json.Unmarshal([]byte(get("")), &about); err != nil || !strings.Contains(about.ContentType, "spreadsheetml") || about.Metadata["sha256"] != message.SHA256 {
			t.Errorf("%+v, %v", about, err)
		}
	}
	if err := b.Check(t.Context()); err != nil {
		t.Error(err)
	}
	missing := Bucket{URL: "gs://missing"}
	if err := missing.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "it does not exist") {
		t.Errorf("check of a missing bucket: %v", err)
	}
	if _, err := missing.Send(t.Context(), testMessage(t, "text"), ""); !errors.Is(err, ErrPermanent) || !strings.Contains(err.Error(), "hint: create the bucket") {
		t.Errorf("a missing bucket: %v", err)
	}
}

// TestGoogleCredentialsAndErrors uses the key of a service account, a server of tokens, and a storage that verifies what it gets.
func TestGoogleCredentialsAndErrors(t *testing.T) {
	status := http.StatusOK
	tokens := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			if r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || strings.Count(r.FormValue("assertion"), ".") != 2 {
				t.Errorf("asked for a token with %v", r.Form)
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(tokens)
			fmt.Fprint(w, `{"access_token":"XQZ1","token_type":"Bearer","expires_in":3600,"error":"invalid_grant","error_description":"XQZ2"}`)
			return
		}
		if r.Header.Get("Authorization") != "Bearer XQZ1" {
			t.Errorf("authorization %q", r.Header.Get("Authorization"))
		}
		if r.Method == http.MethodPost {
			checkUpload(t, r)
		}
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"message":"%s"}}`, r.Header.Get("Authorization"))
	}))
	defer server.Close()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	account, _ := json.Marshal(map[string]string{
		"type": "service_account", "client_email": "reports@example.com", "token_uri": server.URL + "/token",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	file := filepath.Join(t.TempDir(), "account.json")
	write(t, file, string(account))
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", file)
	b := Bucket{URL: "gs://reports"}
	send := func() error {
		client, err := googleClient(t.Context(), "googleapis.com")
		if err != nil {
			t.Fatal(err)
		}
		s := &googleStorage{bucket: "reports", base: server.URL, client: client}
		message := testMessage(t, "text")
		workbook, err := os.Open(message.File)
		if err != nil {
			t.Fatal(err)
		}
		defer workbook.Close()
		if err := s.upload(t.Context(), workbook, newObject{key: "a.xlsx", contentType: "text/plain", md5: []byte("0123456789abcdef")}); err != nil {
			return b.requestError(err)
		}
		_, err = s.IsAccessible(t.Context())
		return err
	}
	if err := send(); err != nil {
		t.Fatal(err)
	}
	for code, want := range map[int]string{
		400: "InvalidArgument, the server answered 400 Bad Request", 401: "hint: correct the key", 403: "hint: the credentials need the permission",
		404: "hint: create the bucket", 429: "429 Too Many Requests", 503: "503 Service Unavailable",
	} {
		status = code
		err := send()
		isPermanent := code == 400 || code == 403 || code == 404
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "XQZ") || errors.Is(err, ErrPermanent) != isPermanent {
			t.Errorf("status %d: %v", code, err)
		}
	}
	tokens = http.StatusBadRequest
	if err := send(); err == nil || !strings.Contains(err.Error(), "hint: correct the key") || strings.Contains(err.Error(), "XQZ") {
		t.Errorf("without a token: %v", err)
	}
	write(t, file, `{"type":"service_account","private_key":"XQZ3"`)
	if _, err := b.Send(t.Context(), testMessage(t, "text"), ""); !errors.Is(err, ErrPermanent) || !strings.Contains(err.Error(), "hint: set GOOGLE_APPLICATION_CREDENTIALS") || strings.Contains(err.Error(), "XQZ") {
		t.Errorf("damaged credentials: %v", err)
	}
	if _, err := (Bucket{URL: "gs://reports?secret=XQZ4"}).Send(t.Context(), testMessage(t, "text"), ""); err == nil || !strings.Contains(err.Error(), `invalid query parameter "secret"`) || strings.Contains(err.Error(), "XQZ4") {
		t.Errorf("unknown parameter: %v", err)
	}
}

// checkUpload checks that an upload has the metadata, then the file.
func checkUpload(t *testing.T, r *http.Request) {
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/related" || r.ContentLength <= 0 || r.URL.Query().Get("uploadType") != "multipart" {
		t.Errorf("%s of %d bytes: %v", r.Header.Get("Content-Type"), r.ContentLength, err)
	}
	parts := multipart.NewReader(r.Body, parameters["boundary"])
	var got []string
	for part, err := parts.NextPart(); err == nil; part, err = parts.NextPart() {
		text, _ := io.ReadAll(part)
		got = append(got, part.Header.Get("Content-Type")+" "+string(text))
	}
	want := `application/json {"contentType":"text/plain","md5Hash":"` + base64.StdEncoding.EncodeToString([]byte("0123456789abcdef")) + `","metadata":null,"name":"a.xlsx"}`
	if len(got) != 2 || got[0] != want || got[1] != "text/plain text" {
		t.Errorf("got %q", got)
	}
}
