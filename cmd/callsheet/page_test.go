package main

import (
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/password"
	"callsheet/internal/servertest"
)

// TestPageOverTLS runs the page alone, beside a spool that it reads, and signs a user in.
func TestPageOverTLS(t *testing.T) {
	t.Parallel()
	dir, address := t.TempDir(), servertest.FreeAddress()
	makeCertificate(t, dir, "page")
	config := filepath.Join(dir, "callsheet.yaml")
	text := `data_dir: ./data
page:
  listen: "` + address + `"
  tls: {cert_file: page.pem, key_file: page.key}
  users: [{name: asha, role: viewer, groups: [Sales], password: "` + password.New("correct horse") + `"}]
`
	if err := os.MkdirAll(filepath.Join(dir, "data", "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var log syncedBuffer
	serving := exec.Command("callsheet", "--config", config, "page")
	serving.Stderr = &log
	if err := serving.Start(); err != nil {
		t.Fatal(err)
	}
	defer serving.Process.Kill()
	for end := time.Now().Add(time.Minute); !strings.Contains(log.String(), "serving the page"); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(log.String())
		}
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, ForceAttemptHTTP2: true}}
	response, err := client.PostForm("https://"+address+"/sign-in", url.Values{"name": {"asha"}, "password": {"correct horse"}})
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK || response.Request.URL.Path != "/" || response.ProtoMajor != 2 {
		t.Errorf("signed in: %s at %s by %s", response.Status, response.Request.URL, response.Proto)
	}
	// Streams of more pages than a browser opens connections.
	for range 10 {
		response, err := client.Get("https://" + address + "/live/stream?view=live")
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		if text := make([]byte, 8); response.StatusCode != http.StatusOK {
			t.Errorf("a stream: %s", response.Status)
		} else if _, err := response.Body.Read(text); err != nil {
			t.Errorf("a stream: %v", err)
		}
	}
	if err := serving.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := serving.Wait(); err != nil {
		t.Errorf("stopped: %v\n%s", err, log.String())
	}
}

// TestReloadOfThePage turns the page on, moves it, and turns it off again while serve collects.
func TestReloadOfThePage(t *testing.T) {
	t.Parallel()
	one, two := servertest.FreeAddress(), servertest.FreeAddress()
	source := oneSource("a-token-for-tests", "")
	page := func(settings string) string { return source + "page: {" + settings + "}\n" }
	s := startReloading(t, "serve", source)
	isServed := func(address string) bool {
		response, err := http.Get("http://" + address + "/")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	}
	s.reload(page(`listen: "`+one+`"`), reloaded)
	s.until("the page", func() bool { return isServed(one) })
	s.reload(page(`listen: "`+two+`"`), reloaded)
	s.until("the page elsewhere", func() bool { return isServed(two) && !isServed(one) })
	s.reload(page(`listen: "`+one+`", users: [{name: asha, role: analyst, password: "no hash"}]`), refused)
	if !isServed(two) {
		t.Error("a configuration that was refused has stopped the page")
	}
	s.reload(source, reloaded)
	s.until("no page", func() bool { return !isServed(two) })
	if code := s.answers("/hooks/main/a-token-for-tests", `{"CallSid":"1"}`); code != http.StatusOK {
		t.Errorf("a delivery is answered %d", code)
	}
}

// TestReportsOfThePageOutlastAReload reloads while a report is being sent that was started on the page, and stops serve while another one is.
func TestReportsOfThePageOutlastAReload(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	var sent atomic.Int32
	answers := []chan struct{}{make(chan struct{}), make(chan struct{})}
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		<-answers[sent.Add(1)-1]
	}))
	defer server.Close()
	address := servertest.FreeAddress()
	config := func(locale string) string {
		report := "  - {name: %s, template: daily, period: '2026-10-05', deliver: [{webhook: {url: '" + server.URL + "', shape: json}}]}\n"
		return oneSource("a-token-for-tests", "") + "locale: " + locale + "\npage: {listen: " + address + "}\nreports:\n" + fmt.Sprintf(report, "one") + fmt.Sprintf(report, "two")
	}
	s := startReloading(t, "serve", config("en-IN"))
	if code := s.answers("/hooks/main/a-token-for-tests", `{"CallSid":"1","EndTime":"2026-10-05 10:20:00","Status":"ANSWER"}`); code != http.StatusOK {
		t.Fatalf("a delivery is answered %d", code)
	}
	shows := func(text string) bool {
		response, err := http.Get("http://" + address + "/reports/one")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		page, err := io.ReadAll(response.Body)
		return err == nil && strings.Contains(string(page), text)
	}
	run := func(name string) {
		s.until("the page", func() bool { return shows("Run now") })
		response, err := http.PostForm("http://"+address+"/reports/"+name+"/run", nil)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
	}
	run("one")
	s.until("the report is being sent", func() bool { return sent.Load() == 1 })
	before := s.child("page")
	s.reload(config("en-US"), reloaded)
	s.until("another page", func() bool { return strings.Count(s.log.String(), `msg="serving the page"`) == 2 })
	s.until("the page", func() bool { return shows("Sending") })
	close(answers[0])
	s.until("the report", func() bool { return shows("Sent") })
	s.until("the end of the page before", func() bool { return syscall.Kill(before, 0) != nil })

	defer close(answers[1])
	run("two")
	s.until("the report is being sent", func() bool { return sent.Load() == 2 })
	s.reload(config("en-IN"), reloaded)
	s.until("another page", func() bool { return strings.Count(s.log.String(), `msg="serving the page"`) == 3 })
	began := time.Now()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.process.Wait(); err != nil || time.Since(began) > 10*time.Second {
		t.Errorf("stopped after %s: %v", time.Since(began), err)
	}
}
