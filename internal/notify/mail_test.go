package notify

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"callsheet/internal/smtptest"
)

// A fakeSMTP is a real SMTP server that keeps what it receives and can be made to fail.
type fakeSMTP struct {
	mutex      sync.Mutex
	arrived    map[string][][]byte   // by recipient
	refuse     func(to string) error // at RCPT
	finish     func(to string) error // after the text
	hangUp     func(to string) bool  // before answering to the text
	refuseText func(text []byte) error
	user       string
	password   string
	echo       bool // repeats a wrong password
	from       string
	port       int
	certFile   string
	maxSize    int64 // that it announces
	utf8       bool  // it supports SMTPUTF8
	lines      func() []string
}

func startFakeSMTP(t *testing.T, security string, set func(*fakeSMTP)) *fakeSMTP {
	t.Helper()
	m := &fakeSMTP{arrived: map[string][][]byte{}}
	if set != nil {
		set(m)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &smtpSession{server: m, conn: c}, nil }))
	server.Domain, server.AllowInsecureAuth = "localhost", security == "none"
	server.MaxMessageBytes, server.EnableSMTPUTF8 = m.maxSize, m.utf8
	strict := smtptest.Listen(t)
	m.port, m.lines = strict.Port(), strict.Commands
	var listener net.Listener = strict
	if security != "none" {
		server.TLSConfig, m.certFile, _ = smtptest.Certificate(t)
	}
	if security == "tls" {
		listener = tls.NewListener(strict.Listener, server.TLSConfig)
	}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return m
}

type smtpSession struct {
	server *fakeSMTP
	conn   *smtp.Conn
	to     []string
}

func (l *smtpSession) Reset()        { l.to = nil }
func (l *smtpSession) Logout() error { return nil }
func (l *smtpSession) AuthMechanisms() []string {
	if l.server.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (l *smtpSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != l.server.user || password != l.server.password {
			if l.server.echo {
				return &smtp.SMTPError{Code: 535, Message: password + " is wrong: " + base64.StdEncoding.EncodeToString([]byte(password))}
			}
			return &smtp.SMTPError{Code: 535, Message: "wrong user or password"}
		}
		return nil
	}), nil
}

func (l *smtpSession) Mail(from string, _ *smtp.MailOptions) error { l.server.from = from; return nil }

func (l *smtpSession) Rcpt(to string, _ *smtp.RcptOptions) error {
	if l.server.refuse != nil {
		if err := l.server.refuse(to); err != nil {
			return err
		}
	}
	l.to = append(l.to, to)
	return nil
}

func (l *smtpSession) Data(r io.Reader) error {
	if l.server.hangUp != nil && l.server.hangUp(l.to[0]) {
		_, _ = io.CopyN(io.Discard, r, 1000)
		return errors.Join(l.conn.Conn().Close(), io.ErrUnexpectedEOF)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if l.server.refuseText != nil {
		if err := l.server.refuseText(text); err != nil {
			return err
		}
	}
	l.server.mutex.Lock()
	defer l.server.mutex.Unlock()
	for _, to := range l.to {
		if l.server.finish != nil {
			if err := l.server.finish(to); err != nil {
				return err
			}
		}
		l.server.arrived[to] = append(l.server.arrived[to], text)
	}
	return nil
}

func (m *fakeSMTP) channel(t *testing.T, security string) Mail {
	t.Helper()
	html, err := os.ReadFile("../../templates/mail.html")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../templates/mail.txt")
	if err != nil {
		t.Fatal(err)
	}
	texts, err := ParseMailTemplates(string(html), string(text))
	if err != nil {
		t.Fatal(err)
	}
	return Mail{Templates: texts, Server: MailServer{
		Host: "localhost", Port: m.port, TLS: security, From: "Call reports <reports@example.com>", Timeout: 5 * time.Second, AcceptTimeout: 5 * time.Second,
		Username: m.user, Password: func() (string, error) { return m.password, nil }, CAFile: m.certFile,
	}}
}

// A parsedMail is the header of a mail, and its parts by type or, for attachments, by name.
type parsedMail struct {
	header mail.Header
	parts  map[string]string
}

func parseMail(t *testing.T, message []byte) parsedMail {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		t.Fatal(err)
	}
	c := parsedMail{m.Header, map[string]string{}}
	var walk func(kind string, disposition string, encoding string, body io.Reader)
	walk = func(kind, disposition, encoding string, body io.Reader) {
		media, params, err := mime.ParseMediaType(kind)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(media, "multipart/") {
			parts := multipart.NewReader(body, params["boundary"])
			for {
				part, err := parts.NextRawPart()
				if err == io.EOF {
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				walk(part.Header.Get("Content-Type"), part.Header.Get("Content-Disposition"), part.Header.Get("Content-Transfer-Encoding"), part)
			}
		}
		if _, params, err := mime.ParseMediaType(disposition); err == nil && params["filename"] != "" {
			media = params["filename"]
		}
		switch encoding {
		case "base64":
			body = base64.NewDecoder(base64.StdEncoding, body)
		case "quoted-printable":
			body = quotedprintable.NewReader(body)
		}
		text, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		c.parts[media] = string(text)
	}
	walk(m.Header.Get("Content-Type"), "", m.Header.Get("Content-Transfer-Encoding"), m.Body)
	return c
}

func TestMailHasFiguresAndWorkbook(t *testing.T) {
	for _, security := range []string{"starttls", "tls", "none"} {
		box := startFakeSMTP(t, security, func(m *fakeSMTP) { m.user, m.password = "reports", "secret" })
		m := box.channel(t, security)
		m.To, m.CC, m.BCC, m.ReplyTo = []string{"Boss <boss@example.com>"}, []string{"cfo@example.com"}, []string{"hidden@example.com"}, "desk@example.com"
		p := testMessage(t, strings.Repeat("all the bytes\x00\xff", 5000))
		recipients, err := m.Recipients(t.Context(), "")
		if want := []string{"boss@example.com", "cfo@example.com", "hidden@example.com"}; err != nil || !slices.Equal(recipients, want) {
			t.Fatalf("%s: recipients %q, %v", security, recipients, err)
		}
		for _, to := range recipients {
			if _, err := m.Send(t.Context(), p, to); err != nil {
				t.Fatalf("%s: %v", security, err)
			}
		}
		var ids []string
		for _, to := range []string{"boss@example.com", "cfo@example.com", "hidden@example.com"} {
			if len(box.arrived[to]) != 1 {
				t.Fatalf("%s: %d mails for %s", security, len(box.arrived[to]), to)
			}
			c := parseMail(t, box.arrived[to][0])
			subject, err := new(mime.WordDecoder).DecodeHeader(c.header.Get("Subject"))
			if want := "Daily call report, Sunday 4 October 2026"; err != nil || subject != want {
				t.Errorf("%s: subject %q, %v", security, subject, err)
			}
			if c.header.Get("To") != `"Boss" <boss@example.com>` || c.header.Get("Cc") != "<cfo@example.com>" || c.header.Get("Reply-To") != "<desk@example.com>" ||
				strings.Contains(string(box.arrived[to][0][:2000]), "hidden") || c.header.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("%s: header %v", security, c.header)
			}
			want, _ := os.ReadFile(p.File)
			if c.parts["daily-2026-10-04.xlsx"] != string(want) {
				t.Errorf("%s: the workbook has %d bytes, want %d", security, len(c.parts["daily-2026-10-04.xlsx"]), len(want))
			}
			for _, kind := range []string{"text/plain", "text/html"} {
				for _, text := range []string{"Calls offered", "1,234", "▼ 2.5 points, worse", "Data complete through 5 Oct 2026 07:58:00"} {
					if !strings.Contains(c.parts[kind], text) {
						t.Errorf("%s: %s lacks %q:\n%s", security, kind, text, c.parts[kind])
					}
				}
			}
			if !strings.Contains(c.parts["text/html"], "&lt;Missed&gt; shows 10 &amp; leaves out 3 rows") {
				t.Errorf("%s: the HTML is\n%s", security, c.parts["text/html"])
			}
			ids = append(ids, c.header.Get("Message-Id"))
		}
		if slices.Sort(ids); len(slices.Compact(ids)) != 3 {
			t.Errorf("message ids %q", ids)
		}
		if box.from != "reports@example.com" {
			t.Errorf("%s: sent by %q", security, box.from)
		}
	}
}

func TestMailErrorsAreClassified(t *testing.T) {
	answer := func(code int, text string) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: text}
	}
	for name, c := range map[string]struct {
		set            func(*fakeSMTP)
		configure      func(*Mail)
		want           string
		permanent      bool
		unknown        bool
		arrivesOnRetry bool // at the second attempt
	}{
		"no such user":   {set: func(m *fakeSMTP) { m.refuse = func(string) error { return answer(550, "no such user") } }, want: "no such user", permanent: true},
		"greylisted":     {set: func(m *fakeSMTP) { m.refuse = once(answer(451, "try later")) }, want: "try later", arrivesOnRetry: true},
		"mailbox full":   {set: func(m *fakeSMTP) { m.refuse = func(string) error { return answer(452, "mailbox full") } }, want: "mailbox full"},
		"too large":      {set: func(m *fakeSMTP) { m.finish = func(string) error { return answer(552, "message too large") } }, want: "too large", permanent: true},
		"later":          {set: func(m *fakeSMTP) { m.finish = once(answer(451, "queue is full")) }, want: "queue is full", arrivesOnRetry: true},
		"hangs up":       {set: func(m *fakeSMTP) { m.hangUp = func(string) bool { return true } }, want: "message text"},
		"silent at end":  {set: func(m *fakeSMTP) { m.finish = func(string) error { time.Sleep(2 * time.Second); return nil } }, configure: func(m *Mail) { m.Server.AcceptTimeout = time.Second }, want: "not known whether it arrived", unknown: true},
		"wrong password": {set: func(m *fakeSMTP) { m.user, m.password = "reports", "secret" }, configure: func(m *Mail) { m.Server.Password = func() (string, error) { return "wrong", nil } }, want: "wrong user or password", permanent: true},
		"no password": {set: func(m *fakeSMTP) { m.user = "reports" }, configure: func(m *Mail) {
			m.Server.Password = func() (string, error) { return "", errors.New("SMTP_PASSWORD is not set") }
		}, want: "SMTP_PASSWORD is not set", permanent: true},
		"nobody there":  {configure: func(m *Mail) { m.Server.Port = 1 }, want: "connection refused"},
		"not allowed":   {configure: func(m *Mail) { m.Server.AllowedDomains = []string{"example.org"} }, want: "allowed_domains", permanent: true},
		"echo at login": {set: func(m *fakeSMTP) { m.user, m.password, m.echo = "reports", "s3cretX", true }, configure: func(m *Mail) { m.Server.Password = func() (string, error) { return "s3cretY", nil } }, want: "wrong user or password", permanent: true},
		"echo later": {set: func(m *fakeSMTP) {
			m.user, m.password = "reports", "s3cretX"
			m.refuse = func(string) error {
				return answer(550, "5.1.1 no such user for "+base64.StdEncoding.EncodeToString([]byte("\x00reports\x00s3cretX")))
			}
		}, configure: func(m *Mail) { m.Server.Password = func() (string, error) { return "s3cretX", nil } }, want: "recipient: the server answered 550 5.", permanent: true},
		"unknown signer": {configure: func(m *Mail) { m.Server.TLS = "starttls" }, want: "STARTTLS"},
	} {
		t.Run(name, func(t *testing.T) {
			box := startFakeSMTP(t, "none", c.set)
			m := box.channel(t, "none")
			m.To = []string{"a@example.com"}
			if c.configure != nil {
				c.configure(&m)
			}
			p := testMessage(t, strings.Repeat("x", 3_000_000))
			_, err := m.Send(t.Context(), p, "a@example.com")
			if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrPermanent) != c.permanent {
				t.Errorf("permanent %v, unknown %v: %v", errors.Is(err, ErrPermanent), errors.Is(err, ErrUnknown), err)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "czNjcmV0") || strings.Contains(err.Error(), "AHJlcG9y")) {
				t.Errorf("the error has the password: %v", err)
			}
			// The server may hang up while the end of the text is in flight.
			if name != "hangs up" && errors.Is(err, ErrUnknown) != c.unknown {
				t.Errorf("unknown is %v: %v", errors.Is(err, ErrUnknown), err)
			}
			if !c.unknown && len(box.arrived) != 0 {
				t.Errorf("a mail arrived")
			}
			if _, err := m.Send(t.Context(), p, "a@example.com"); c.arrivesOnRetry && (err != nil || len(box.arrived["a@example.com"]) != 1) {
				t.Errorf("the second attempt: %v", err)
			}
		})
	}
}

func once(err error) func(string) error {
	return func(string) error {
		reply := err
		err = nil
		return reply
	}
}

// TestInterruptedMailIsNotDelivered breaks the connection while the text is sent: the partial text must not have an end.
func TestInterruptedMailIsNotDelivered(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ended := make(chan bool, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		lines := bufio.NewReader(conn)
		io.WriteString(conn, "220 here\r\n")
		for {
			line, err := lines.ReadString('\n')
			if err != nil {
				return
			}
			switch {
			case strings.HasPrefix(line, "DATA"):
				io.WriteString(conn, "354 go on\r\n")
				text := make([]byte, 100_000)
				n, _ := io.ReadFull(lines, text)
				ended <- bytes.Contains(text[:n], []byte("\r\n.\r\n"))
				return
			default:
				io.WriteString(conn, "250 ok\r\n")
			}
		}
	}()
	box := &fakeSMTP{port: listener.Addr().(*net.TCPAddr).Port}
	m := box.channel(t, "none")
	_, err = m.Send(t.Context(), testMessage(t, strings.Repeat("x", 20_000_000)), "a@example.com")
	if err == nil || errors.Is(err, ErrPermanent) || errors.Is(err, ErrUnknown) {
		t.Errorf("%v", err)
	}
	if <-ended {
		t.Error("the text had an end")
	}
}

func TestMailLinksLargeWorkbook(t *testing.T) {
	box := startFakeSMTP(t, "none", nil)
	m := box.channel(t, "none")
	m.Server.MaxAttachment = 1000
	p := testMessage(t, strings.Repeat("x", 2000))
	p.Link = "https://files.example.com/daily-2026-10-04.xlsx"
	if _, err := m.Send(t.Context(), p, "a@example.com"); !errors.Is(err, ErrWarning) {
		t.Fatal(err)
	}
	c := parseMail(t, box.arrived["a@example.com"][0])
	if _, attached := c.parts["daily-2026-10-04.xlsx"]; attached {
		t.Error("it is attached")
	}
	for _, kind := range []string{"text/plain", "text/html"} {
		if !strings.Contains(c.parts[kind], p.Link) || !strings.Contains(c.parts[kind], "not attached") {
			t.Errorf("%s:\n%s", kind, c.parts[kind])
		}
	}
}

func TestMailWithoutAttachment(t *testing.T) {
	box := startFakeSMTP(t, "none", nil)
	m := box.channel(t, "none")
	m.NoAttachment = true
	if _, err := m.Send(t.Context(), testMessage(t, "text"), "a@example.com"); err != nil {
		t.Fatal(err)
	}
	c := parseMail(t, box.arrived["a@example.com"][0])
	if len(c.parts) != 2 || strings.Contains(c.parts["text/plain"], "attached") || !strings.Contains(c.parts["text/plain"], "1,234") {
		t.Errorf("%q", c.parts)
	}
}

func TestMailPreventsHeaderInjection(t *testing.T) {
	box := startFakeSMTP(t, "none", nil)
	m := box.channel(t, "none")
	m.Subject = "{title} {part}"
	p := testMessage(t, "x")
	p.Part = "Sales\r\nBcc: thief@example.com\r\n\r\nhello"
	if _, err := m.Send(t.Context(), p, "a@example.com"); err != nil {
		t.Fatal(err)
	}
	c := parseMail(t, box.arrived["a@example.com"][0])
	if subject := c.header.Get("Subject"); c.header.Get("Bcc") != "" || !strings.Contains(subject, "Sales Bcc: thief@example.com hello") {
		t.Errorf("header %v", c.header)
	}
	if _, err := m.Send(t.Context(), p, "a@example.com>\r\nRCPT TO:<b@example.com"); !errors.Is(err, ErrPermanent) {
		t.Errorf("a strange address: %v", err)
	}
}

func TestMailRecipientsOfPart(t *testing.T) {
	m := Mail{To: []string{"boss@example.com"}, CC: []string{"BOSS@example.com"}, PartRecipients: func(_ context.Context, part string) ([]string, error) {
		return map[string][]string{"Sales": {"lead@example.com"}}[part], nil
	}}
	for part, want := range map[string][]string{"Sales": {"boss@example.com", "lead@example.com"}, "Other": {"boss@example.com"}} {
		if got, err := m.Recipients(t.Context(), part); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", part, got, err)
		}
	}
}

func TestSubjectIsNeverEmpty(t *testing.T) {
	message := testMessage(t, "x")
	message.Part = ""
	for pattern, want := range map[string]string{
		"": message.Heading(), "{part}": message.Heading(), " {part} ": message.Heading(), " \t": message.Heading(),
		"{part}: {title}": ": " + message.Title,
	} {
		if got := (Mail{Subject: pattern}).subject(message); got != want {
			t.Errorf("%q: %q, want %q", pattern, got, want)
		}
	}
}
