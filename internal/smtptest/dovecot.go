package smtptest

import (
	"bytes"
	"callsheet/internal/servertest"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// Dovecot is a running submission server, which requires STARTTLS and a login, and passes mails on to OpenSMTPD. The user is reports, with
// the password secret or an access token.
type Dovecot struct {
	Port     int
	CertFile string // of its certificate, for localhost

	mutex  sync.Mutex
	tokens []string
}

const dovecotConfig = `
base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = /dev/stderr
protocols = submission
listen = 127.0.0.1
hostname = mail.example.com
mail_location = maildir:~/Maildir
ssl = required
ssl_cert = <%[2]s
ssl_key = <%[3]s
auth_mechanisms = %[4]s
auth_failure_delay = 0
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = %[1]s/oauth2
}
passdb {
  driver = passwd-file
  mechanisms = plain login scram-sha-256 cram-md5
  args = scheme=plain %[1]s/users
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=%[1]s/home
}
service submission-login {
  inet_listener submission {
    port = %[5]d
  }
}
service anvil {
  unix_listener anvil-auth-penalty { # would delay logins after one that failed
    mode = 0
  }
}
submission_relay_host = 127.0.0.1
submission_relay_port = %[6]d
`

const dovecotTokens = `
introspection_mode = post
introspection_url = %s
active_attribute = active
active_value = true
username_attribute = username
`

// StartDovecot starts a server with login methods such as "plain xoauth2". The test is skipped if the program is not installed, or
// cannot be started by this user.
func StartDovecot(t testing.TB, methods string, relay *OpenSMTPD) *Dovecot {
	t.Helper()
	program := installed(t, "/usr/sbin/dovecot", "Dovecot (the package dovecot-submissiond)")
	d := &Dovecot{Port: servertest.FreePort()}
	dir, err := os.MkdirTemp("", "dovecot") // short, for its sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	_, certFile, keyFile := Certificate(t)
	d.CertFile = certFile
	introspection := httptest.NewServer(http.HandlerFunc(d.introspect))
	t.Cleanup(introspection.Close)
	for name, text := range map[string]string{
		"config": fmt.Sprintf(dovecotConfig, dir, certFile, keyFile, methods, d.Port, relay.Port),
		"oauth2": fmt.Sprintf(dovecotTokens, introspection.URL),
		"users":  "reports:secret\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	home := filepath.Join(dir, "home")
	for _, prepare := range []error{os.Chmod(dir, 0o755), os.Mkdir(home, 0o777), os.Chmod(home, 0o777)} {
		if prepare != nil {
			t.Fatal(prepare)
		}
	}
	var log bytes.Buffer
	command := exec.Command(program, "-F", "-c", filepath.Join(dir, "config"))
	command.Stdout, command.Stderr = &log, &log
	start(t, command, d.Port, &log)
	return d
}

// Accept makes the server accept these access tokens and no others.
func (d *Dovecot) Accept(tokens ...string) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	d.tokens = tokens
}

// introspect answers whether a token is valid (RFC 7662).
func (d *Dovecot) introspect(w http.ResponseWriter, r *http.Request) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	answer := map[string]any{"active": slices.Contains(d.tokens, r.PostFormValue("token")), "username": "reports"}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}
