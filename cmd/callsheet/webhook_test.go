package main

import (
	"callsheet/internal/servertest"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestTemplateReachesAnAPIOfItsOwn sends a report as a document and an alert as a ticket, from the examples that the program prints.
func TestTemplateReachesAnAPIOfItsOwn(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	var mutex sync.Mutex
	got := map[string][]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		what := r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization")
		switch {
		case r.Method == http.MethodHead:
		case strings.HasSuffix(r.URL.Path, "/sendDocument"):
			file, header, err := r.FormFile("document")
			if err != nil {
				t.Error(err)
				return
			}
			text, _ := io.ReadAll(file)
			got[what] = append(got[what], fmt.Sprint(header.Filename, " ", string(text[:2]), " ", r.FormValue("chat_id"), " ", r.FormValue("caption")))
			io.WriteString(w, `{"ok":true}`)
		default:
			body, _ := io.ReadAll(r.Body)
			got[what] = append(got[what], string(body))
			w.WriteHeader(http.StatusCreated)
		}
	}))
	defer server.Close()
	config := loaderHome(t)
	dir := filepath.Dir(config)
	for _, name := range []string{"telegram-document.tmpl", "jira.tmpl"} {
		code, text, stderr := runCallsheet(t, "template", "show", name)
		if code != 0 {
			t.Fatal(stderr)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("headers", "Authorization: Bearer ticket-t0ken\n")
	write("telegram", server.URL+"/bots3cret/sendDocument\n")
	text := `data_dir: ./data
alert_to:
  - webhook: {url: "` + server.URL + `/issue", headers_file: headers, shape: template, template: jira.tmpl, method: PUT}
reports:
  - name: daily
    deliver:
      - webhook: {url_file: telegram, shape: template, template: telegram-document.tmpl, upload: document}
  - name: broken
    template: daily
    heartbeat: "${NO_SUCH_HEARTBEAT}"
    deliver: [{folder: ./telegram/x}]
`
	write("callsheet.yaml", text)
	config = filepath.Join(dir, "callsheet.yaml")
	appendLine(t, config, "2026-10-05.ndjson", callOf(1, "R&D <!channel>"))
	if code, out, stderr := runCallsheet(t, "--config", config, "check"); code == 2 || !strings.Contains(out, "ok       server of webhooks "+server.URL) || !strings.Contains(out, "ok       alert_to") || strings.Contains(out+stderr, "s3cret") || strings.Contains(out+stderr, "t0ken") {
		t.Errorf("check ends with %d\n%s%s", code, out, stderr)
	}
	if code, out, stderr := runCallsheet(t, "--config", config, "run", "daily", "--for", "2026-10-06"); code != 0 || strings.Contains(out+stderr, "s3cret") {
		t.Errorf("run ends with %d\n%s%s", code, out, stderr)
	}
	if code, _, stderr := runCallsheet(t, "--config", config, "run", "broken", "--for", "2026-10-06"); code != 3 || strings.Contains(stderr, "t0ken") {
		t.Errorf("run ends with %d\n%s", code, stderr)
	}
	mutex.Lock()
	documents, tickets := got["POST /bots3cret/sendDocument "], got["PUT /issue Bearer ticket-t0ken"]
	mutex.Unlock()
	if len(got) != 2 || len(documents) != 1 || !strings.HasPrefix(documents[0], "daily-2026-10-05.xlsx PK -1001234567890 ") || len(tickets) != 1 || !strings.Contains(tickets[0], "Report broken: failed") {
		t.Errorf("the server got %q", got)
	}

	write("jira.tmpl", "{\"a\":\n \"{{.Title}}\"}")
	code, out, stderr := runCallsheet(t, "--config", config, "check")
	if code != 1 || !strings.Contains(out, "PROBLEM  alert_to: webhook.template: jira.tmpl: with a message, line 2 of the result is not JSON") {
		t.Errorf("check ends with %d\n%s%s", code, out, stderr)
	}
	write("telegram-document.tmpl", "{\n{{.Tilte}}}")
	write("callsheet.yaml", strings.NewReplacer("url: \""+server.URL+"/issue\"", "url: \"${NO_SUCH_VARIABLE}\"", "headers_file: headers", "headers_file: nowhere").Replace(text))
	code, out, stderr = runCallsheet(t, "--config", config, "check")
	for _, want := range []string{"PROBLEM  report daily, deliver: ", "template: telegram-document.tmpl:2:", "PROBLEM  alert_to[0].webhook: alert_to[0].webhook.url: environment variable NO_SUCH_VARIABLE is not set",
		"PROBLEM  report broken, heartbeat: heartbeat: environment variable NO_SUCH_HEARTBEAT is not set"} {
		if code != 1 || !strings.Contains(out, want) {
			t.Errorf("check ends with %d and lacks %q\n%s%s", code, want, out, stderr)
		}
	}
	write("telegram", fmt.Sprintf("http://127.0.0.1:%d/bots3cret/x\n", servertest.FreePort()))
	if _, out, _ := runCallsheet(t, "--config", config, "check"); !strings.Contains(out, "cannot be reached: ") || !strings.Contains(out, "connection refused") || strings.Contains(out, "s3cret") {
		t.Errorf("check of a dead server:\n%s", out)
	}
}
