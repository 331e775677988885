package smtptest

import (
	"bytes"
	"callsheet/internal/servertest"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// OpenSMTPD is a running server. What it accepts arrives in its mailboxes.
type OpenSMTPD struct {
	Port    int // without encryption and login: Debian's OpenSMTPD cannot sign with OpenSSL 3
	MaxSize int // of a mail

	mutex sync.Mutex
	mails map[string][][]byte
}

const maxSize = 100 << 10

// The server keeps its queue and its socket at fixed paths, so it gets folders of its own there.
const startScript = `mount -t tmpfs -o mode=755 none /var/spool && mount -t tmpfs -o mode=755 none /run && mkdir -m 711 /var/spool/smtpd && exec "$0" -d -f "$1"`

// StartOpenSMTPD starts a server. The test is skipped if the program is not installed, or cannot be started by this user.
func StartOpenSMTPD(t testing.TB) *OpenSMTPD {
	t.Helper()
	program := installed(t, "/usr/sbin/smtpd", "OpenSMTPD (the package opensmtpd)")
	s := &OpenSMTPD{Port: servertest.FreePort(), MaxSize: maxSize, mails: map[string][][]byte{}}
	config := filepath.Join(t.TempDir(), "smtpd.conf")
	text := fmt.Sprintf(`smtp max-message-size %d
listen on 127.0.0.1 port %d hostname mail.example.com
action "keep" relay host "smtp+notls://127.0.0.1:%d"
match from any for any action "keep"
`, maxSize, s.Port, s.startMailboxes(t))
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	command := exec.Command("unshare", "--mount", "--propagation", "private", "sh", "-c", startScript, program, config)
	command.Stdout, command.Stderr = &log, &log
	start(t, command, s.Port, &log)
	return s
}

// startMailboxes starts the server to which OpenSMTPD delivers. It returns its port.
func (s *OpenSMTPD) startMailboxes(t testing.TB) int {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &mailbox{server: s}, nil }))
	server.Domain = "localhost"
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return listener.Addr().(*net.TCPAddr).Port
}

// Mails waits until a recipient has at least n mails, and returns them.
func (s *OpenSMTPD) Mails(t testing.TB, to string, n int) [][]byte {
	t.Helper()
	for range 500 {
		s.mutex.Lock()
		mails := s.mails[to]
		s.mutex.Unlock()
		if len(mails) >= n {
			return mails
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("%s has fewer than %d mails", to, n)
	return nil
}

// mailbox is a session in which OpenSMTPD delivers mails.
type mailbox struct {
	server *OpenSMTPD
	to     []string
}

func (m *mailbox) Reset()                               { m.to = nil }
func (m *mailbox) Logout() error                        { return nil }
func (m *mailbox) Mail(string, *smtp.MailOptions) error { return nil }
func (m *mailbox) Rcpt(to string, _ *smtp.RcptOptions) error {
	m.to = append(m.to, to)
	return nil
}

// Data keeps a mail.
func (m *mailbox) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	m.server.mutex.Lock()
	defer m.server.mutex.Unlock()
	for _, to := range m.to {
		m.server.mails[to] = append(m.server.mails[to], text)
	}
	return err
}
