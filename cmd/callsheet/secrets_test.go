package main

import (
	"bufio"
	"bytes"
	"callsheet/internal/servertest"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// secretConfig has a secret, XQZ and a number, in every key that can hold one. SINK and MAIL echo what they receive, and no server
// listens at NOBODY.
const secretConfig = `data_dir: ./data # XQZ0001
collector:
  listen: LISTEN
  sources:
    - {name: main, tokens: ["XQZ0002-token"], vendor_api: {kind: callerdesk, url: "SINK/vendor/api", authcode: XQZ0040-code, secret: XQZ0041}}
    - {name: other, tokens_file: tokens, vendor_api: {kind: callerdesk, url: "SINK/403/api", authcode_file: authcode, secret: "${XQZ_PASSWORD}"}}
    - {name: down, tokens_file: tokens, vendor_api: {kind: callerdesk, url: "NOBODY/api", authcode_file: authcode}}
log: {level: debug}
alert_to:
  - ops@example.com
  - webhook: {url: "SINK/403/XQZ0036", headers: {Authorization: Bearer XQZ0037, X-Key: "${XQZ_HEADER}"}, shape: template, template: ops.tmpl}
  - webhook: {url: "SINK/moved/XQZ0036", headers_file: webhook-headers}
mail: {host: 127.0.0.1, port: MAIL, tls: none, username: XQZ0003, password: "${XQZ_PASSWORD}", from: reports@example.com}
reports:
  - {name: good, template: one, heartbeat: "SINK/200/XQZ0005", deliver: [{webhook: {url: "SINK/200/XQZ0006"}}]}
  - {name: pinged, template: one, heartbeat: "SINK/500/XQZ0007", deliver: [{folder: ./out}]}
  - name: bad
    template: one
    heartbeat: "SINK/500/XQZ0007"
    deliver:
      - webhook: {url: "SINK/403/XQZ0008"}
      - webhook: {url: "${XQZ_WEBHOOK}"}
      - webhook: {url_file: webhook}
      - webhook: {url: "SINK/moved/XQZ0011"}
      - webhook: {url: "SINK/raw/XQZ0012"}
      - webhook: {url: "NOBODY/XQZ0013"}
      - webhook: {url: "http://XQZ0014:XQZ0015@127.0.0.1:1/XQZ0016"}
      - webhook: {url: "http://127.0.0.1:XQZ0017/"}
      - webhook: {url: "XQZ0018"}
      - webhook: {url_file: XQZ0019}
      - bucket: "s3://one?region=here&use_path_style=true&endpoint=SINK/403/XQZ0020"
      - bucket: "s3://two?region=here&use_path_style=true&endpoint=http://XQZ0021:XQZ0022@127.0.0.1:1"
      - bucket: "s3://three?accelerate=XQZ0023"
      - bucket: "s3://XQZ0024:XQZ0025@four?XQZ0026"
      - bucket: "azblob://five?localemu=XQZ0027&sig=XQZ0028"
      - mail: {to: [boss@example.com]}
`

// TestSecretsReachNoOutput runs the commands on a configuration full of secrets against servers that echo what they receive, and looks
// for the secrets in all output and files.
func TestSecretsReachNoOutput(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir := t.TempDir()
	sink := httptest.NewServer(http.HandlerFunc(echo))
	defer sink.Close()
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"access_token": "XQZ0037", "refresh_token": "XQZ0036", "token_type": "Bearer"}`)
	}))
	defer tokens.Close()
	listen := servertest.FreeAddress()
	replace := strings.NewReplacer("SINK", sink.URL, "MAIL", echoingMailServer(t), "NOBODY", "http://127.0.0.1:1", "LISTEN", listen)
	mail := regexp.MustCompile(`(?m)^mail: .*$`)
	oauth2 := `mail: {host: 127.0.0.1, port: MAIL, tls: none, username: XQZ0003, from: reports@example.com, oauth2: {token_url: "SINK/400/token", client_id: client, client_secret: "${XQZ_PASSWORD}", refresh_token_file: refresh}}`
	for name, text := range map[string]string{
		"callsheet.yaml":                    replace.Replace(secretConfig),
		"oauth2.yaml":                       replace.Replace(mail.ReplaceAllString(secretConfig, strings.ReplaceAll(oauth2, "$", "$$"))),
		"token.yaml":                        replace.Replace(mail.ReplaceAllString(secretConfig, strings.ReplaceAll(strings.Replace(oauth2, "SINK/400/token", tokens.URL, 1), "$", "$$"))),
		"refresh":                           "XQZ0036\n",
		"wrong.yaml":                        replace.Replace(secretConfig) + "  - {name: [XQZ0029]\n",
		"tokens":                            "XQZ0030-token\n",
		"webhook-headers":                   "X-Other: XQZ0039\n",
		"authcode":                          "XQZ0042-code\n",
		"ops.tmpl":                          "{\"text\": {{json .Text}}}\n",
		"webhook":                           sink.URL + "/500/XQZ0010\n",
		"templates/one.yaml":                oneSheet,
		"data/spool/2026-10-05.main.ndjson": callOf(1, "Sales"),
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var output bytes.Buffer
	command := func(config string, args ...string) *exec.Cmd {
		c := exec.Command("callsheet", append([]string{"--config", config}, args...)...)
		c.Dir, c.Stdout, c.Stderr = dir, &output, &output
		c.Env = append(os.Environ(), "XQZ_PASSWORD=XQZ0031", "XQZ_WEBHOOK="+sink.URL+"/429/XQZ0009", "XQZ_HEADER=XQZ0038", "AWS_ACCESS_KEY_ID=XQZ0032",
			"AWS_SECRET_ACCESS_KEY=XQZ0033", "AWS_MAX_ATTEMPTS=1", "AZURE_STORAGE_ACCOUNT=account", "AZURE_STORAGE_SAS_TOKEN=sig=XQZ0034")
		return c
	}
	serving := command("callsheet.yaml", "serve")
	if err := serving.Start(); err != nil {
		t.Fatal(err)
	}
	defer serving.Process.Kill()
	if err := waitReady(listen); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"main/XQZ0002-token", "main/XQZ0035-wrong"} {
		if response, err := http.Get("http://" + listen + "/hooks/" + path); err == nil {
			response.Body.Close()
		}
	}
	if err := serving.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	serving.Wait()
	states := map[string]int{}
	for _, args := range [][]string{
		{"check"}, {"load", "--json"}, {"run", "bad", "--dry-run"}, {"run", "good", "--for", "2026-10-06"}, {"run", "pinged", "--for", "2026-10-06"},
		{"run", "bad", "--for", "2026-10-06"}, {"run", "bad", "--for", "2026-10-06", "--resend", "--json"}, {"run", "bad", "--to", "boss@example.com"},
		{"report", "bad", "--period", "2026-10-05", "--preview"},
		{"report", "bad", "--period", "2026-10-05", "--deliver", "--json"}, {"schedule"}, {"status"}, {"status", "--json"},
		{"sql", "--format", "json", "from report_runs"},
		{"reconcile", "--source", "main", "--from", "2026-10-05", "--to", "2026-10-05"}, {"reconcile", "--source", "other", "--json"},
		{"directory", "sync", "--source", "main"}, // down would be tried several times
	} {
		before := output.Len()
		command("callsheet.yaml", args...).Run() // most are meant to fail
		if args[0] == "sql" && strings.Contains(output.String()[before:], `"state"`) {
			var rows []struct{ Recipient, State string }
			if err := json.Unmarshal(output.Bytes()[before:], &rows); err != nil {
				t.Fatalf("%v\n%s", err, output.String()[before:])
			}
			for _, row := range rows {
				states[row.State]++
			}
		}
	}
	command("wrong.yaml", "check").Run()
	for _, config := range []string{"oauth2.yaml", "token.yaml"} {
		before := output.Len()
		command(config, "check").Run()
		command(config, "run", "bad", "--to", "boss@example.com").Run()
		if said := output.String()[before:]; !strings.Contains(said, "token endpoint 127.0.0.1") && !strings.Contains(said, "access token refused") {
			t.Errorf("%s: no login with OAuth2:\n%s", config, said)
		}
	}
	if states["failed"] < 12 || states["sent"] < 3 {
		t.Errorf("the runs ended in %v", states)
	}
	for n := range 43 {
		secret := fmt.Sprintf("XQZ%04d", n)
		for _, form := range []string{secret, base64.StdEncoding.EncodeToString([]byte(secret)), base64.StdEncoding.EncodeToString([]byte("\x00XQZ0003\x00XQZ0031")),
			base64.StdEncoding.EncodeToString([]byte("XQZ0040-code:XQZ0041"))} {
			if bytes.Contains(output.Bytes(), []byte(form)) {
				t.Errorf("%s was printed:\n%s", form, lineWith(output.String(), form))
			}
		}
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Dir(path) == dir {
			return err
		}
		text, err := os.ReadFile(path)
		if bytes.Contains(text, []byte("XQZ")) {
			t.Errorf("%s has %s", path, lineWith(string(text), "XQZ"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}

// echo answers with the status in the path's first element, and with everything it received in headers, reason and body.
func echo(w http.ResponseWriter, r *http.Request) {
	sent, _ := httputil.DumpRequest(r, false)
	line := strings.ReplaceAll(strings.ReplaceAll(string(sent), "\r", " "), "\n", " ")
	kind := strings.Split(r.URL.Path, "/")[1]
	switch kind {
	case "vendor":
		form, _ := io.ReadAll(r.Body)
		json.NewEncoder(w).Encode(map[string]string{"type": "error", "message": "no such account: " + string(form) + " " + line})
		return
	case "moved":
		http.Redirect(w, r, "/200"+r.URL.Path, http.StatusTemporaryRedirect)
		return
	case "raw":
		kind = ""
	}
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	io.Copy(io.Discard, io.LimitReader(r.Body, r.ContentLength))
	if kind == "" {
		fmt.Fprintf(conn, "%s\r\n\r\n", line)
		return
	}
	fmt.Fprintf(conn, "HTTP/1.1 %s %s\r\nX-Sent: %s\r\nX-Amz-Request-Id: %s\r\nConnection: close\r\n\r\n<Error><Code>%s</Code><Message>%s</Message></Error>",
		kind, line, line, r.URL.Path, r.URL.Path, line)
}

// echoingMailServer refuses every login with what it received, raw and decoded. It returns its port.
func echoingMailServer(t *testing.T) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				io.WriteString(conn, "220 here\r\n")
				lines := bufio.NewScanner(conn)
				for lines.Scan() {
					words := strings.Fields(lines.Text() + " .")
					decoded, _ := base64.StdEncoding.DecodeString(words[max(len(words)-2, 0)])
					switch words[0] {
					case "EHLO":
						io.WriteString(conn, "250-here\r\n250 AUTH PLAIN LOGIN XOAUTH2\r\n")
					case "QUIT":
						return
					default:
						fmt.Fprintf(conn, "535 5.7.8 %s is %q\r\n", lines.Text(), decoded)
					}
				}
			}()
		}
	}()
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port
}
