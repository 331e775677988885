package notify

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/mail"
	"net/textproto"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"callsheet/internal/smtptest"
)

// TestOpenSMTPDTakesMail sends through a real server that refuses what is not strictly correct.
func TestOpenSMTPDTakesMail(t *testing.T) {
	server := smtptest.StartOpenSMTPD(t)
	m := (&fakeSMTP{port: server.Port}).channel(t, "none")
	m.Subject = "{title} {part}"
	p := testMessage(t, "a small workbook")
	p.Part, p.Notes = "अमित.टीम", []string{".", "..a line that begins with dots", "a bare \r and a bare \n", strings.Repeat("ü", 5000)}
	if err := m.Server.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if location, err := m.Send(t.Context(), p, "Boss <boss@example.com>"); err != nil || location != "mail to boss@example.com" {
		t.Errorf("%q, %v", location, err)
	}
	for _, text := range server.Mails(t, "boss@example.com", 1) {
		c := parseMail(t, text)
		if subject, err := new(mime.WordDecoder).DecodeHeader(c.header.Get("Subject")); err != nil || subject != "Daily call report अमित.टीम" {
			t.Errorf("subject %q, %v", subject, err)
		}
		if !strings.Contains(c.parts["text/plain"], "..a line that begins") || !strings.Contains(c.parts["text/plain"], strings.Repeat("ü", 5000)) {
			t.Errorf("text\n%s", c.parts["text/plain"])
		}
		for _, header := range []string{"Date", "From", "To", "Subject", "Message-Id", "Mime-Version", "Auto-Submitted", "Content-Type"} {
			if len(c.header[header]) != 1 {
				t.Errorf("header %s: %q", header, c.header[header])
			}
		}
		if c.header.Get("Return-Path") != "" && c.header.Get("Return-Path") != "<reports@example.com>" {
			t.Errorf("the bounce address is %q", c.header.Get("Return-Path"))
		}
	}

	large := testMessage(t, strings.Repeat("x", server.MaxSize)) // smaller than the limit, but not as Base64
	location, err := m.Send(t.Context(), large, "large@example.com")
	if !errors.Is(err, ErrWarning) || !strings.Contains(location, "without the workbook: the mail would have 142.4 kB") && !strings.Contains(location, "the mail server accepts 102.4 kB") {
		t.Errorf("%q, %v", location, err)
	}
	if c := parseMail(t, server.Mails(t, "large@example.com", 1)[0]); !strings.Contains(c.parts["text/plain"], "not attached: the mail would have") {
		t.Errorf("text\n%s", c.parts["text/plain"])
	}
	m.Server.TLS = "starttls"
	if err := m.Server.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "STARTTLS: the server does not support STARTTLS\nhint: set mail.tls to tls") {
		t.Errorf("no encryption: %v", err)
	}
	m.Server.From = "jörg@example.com"
	if err := m.Server.Check(t.Context()); err == nil {
		t.Error("a sender that is not ASCII")
	}
}

// TestMailKeepsToTheRules sends unusual mails to a server that reports each departure from RFC 5321.
func TestMailKeepsToTheRules(t *testing.T) {
	box := startFakeSMTP(t, "none", func(m *fakeSMTP) { m.maxSize = 1 << 20 })
	m := box.channel(t, "none")
	for i := range 300 {
		m.CC = append(m.CC, fmt.Sprintf("Colleague with a long name %d <colleague-%d@department-%d.example.com>", i, i, i))
	}
	m.CC[7] = strings.Repeat("n", 2000) + " <colleague-7@example.com>"
	m.CC = append(m.CC, `"J. Doe, \"Sales\"" <j.doe@example.com>`, "Jörg Müller <joerg@bücher.example>", `"odd user"@example.com`)
	for name, set := range map[string]func(*Message){
		"plain":         func(*Message) {},
		"long title":    func(p *Message) { p.Title = strings.Repeat("Daily ", 500) },
		"one long word": func(p *Message) { p.Title = strings.Repeat("x", 3000) },
		"long Hindi":    func(p *Message) { p.Title = strings.Repeat("दैनिक", 600) },
		"controls":      func(p *Message) { p.Title, p.Part = "a\x00b\x1b[1m\rc\u2028d", "\r\n.\r\nQUIT\r\n" },
		"long notes": func(p *Message) {
			p.Notes = []string{strings.Repeat("word ", 1000), strings.Repeat("y", 3000), ".\r\n.\n..\r.", "\r", "\n.\n"}
		},
	} {
		p := testMessage(t, "a workbook")
		set(&p)
		m.Subject = "{title} {part}"
		for _, to := range []string{"boss@example.com", "Büro <buero@bücher.example>", `"odd user"@example.com`} {
			if _, err := m.Send(t.Context(), p, to); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	for to, mails := range box.arrived {
		for _, text := range mails {
			c := parseMail(t, text)
			if list, err := c.header.AddressList("Cc"); err != nil || len(list) != 303 {
				t.Errorf("%s: %d in Cc, %v", to, len(list), err)
			}
			if strings.ContainsFunc(string(text), func(r rune) bool { return r > 126 || r < 32 && !strings.ContainsRune("\r\n\t", r) }) {
				t.Errorf("%s: the text has characters that need a declaration", to)
			}
		}
	}
	if got := len(box.arrived["buero@xn--bcher-kva.example"]); got != 6 {
		t.Errorf("%d mails for the domain that is not ASCII: %q", got, box.lines())
	}
	if first := box.lines()[:5]; !strings.HasPrefix(first[0], "EHLO ") || !strings.HasPrefix(first[1], "MAIL FROM:<reports@example.com> SIZE=") || first[4] != "QUIT" {
		t.Errorf("commands %q", first)
	}
}

// TestAddressNotASCII mails to an address that needs SMTPUTF8, to servers with and without it.
func TestAddressNotASCII(t *testing.T) {
	for _, supported := range []bool{false, true} {
		box := startFakeSMTP(t, "none", func(m *fakeSMTP) { m.utf8 = supported })
		m := box.channel(t, "none")
		m.To = []string{"jörg@example.com", "boss@example.com"}
		_, err := m.Send(t.Context(), testMessage(t, "x"), "jörg@example.com")
		if supported != (err == nil) || err != nil && (!errors.Is(err, ErrPermanent) || !strings.Contains(err.Error(), "SMTPUTF8")) {
			t.Errorf("supported %v: %v", supported, err)
		}
		if _, err := m.Send(t.Context(), testMessage(t, "x"), "boss@example.com"); err != nil {
			t.Errorf("supported %v: another recipient: %v", supported, err)
		}
		m.To = nil
		if _, err := m.Send(t.Context(), testMessage(t, "x"), "boss@example.com"); err != nil {
			t.Errorf("supported %v: ASCII only: %v", supported, err)
		}
		for i, line := range box.lines() {
			if declared := strings.HasSuffix(line, " SMTPUTF8"); declared != (supported && i == 1) {
				t.Errorf("command %d is %q", i, line)
			}
		}
	}
}

// A dialog is a server that says what it is told to. A reply belongs to a prefix of the command; replies without one are in order.
type dialog struct {
	greeting string
	replies  map[string]string
	text     string // after the text; closes the connection if empty
}

func (d dialog) start(t *testing.T) *smtptest.Listener {
	t.Helper()
	listener := smtptest.Listen(t)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go d.serve(conn)
		}
	}()
	return listener
}

func (d dialog) serve(conn net.Conn) {
	defer conn.Close()
	text := textproto.NewConn(conn)
	say := func(reply string) {
		for line := range strings.SplitSeq(reply, "|") {
			_ = text.PrintfLine("%s", line)
		}
	}
	say(d.greeting)
	for {
		line, err := text.ReadLine()
		if err != nil {
			return
		}
		reply := "250 ok"
		for prefix, other := range d.replies {
			if strings.HasPrefix(line, prefix) {
				reply = other
			}
		}
		if line == "DATA" && reply == "250 ok" {
			_ = text.PrintfLine("354 go on")
			_, _ = text.ReadDotBytes()
			reply = d.text
		}
		if reply == "" {
			return
		}
		say(reply)
		if strings.HasPrefix(reply, "421") {
			return
		}
	}
}

func TestRepliesAreClassified(t *testing.T) {
	for name, c := range map[string]struct {
		greeting           string
		replies            map[string]string
		text               string
		user               string
		want               string // in the error; it arrives if empty
		permanent, unknown bool
		wantLines          []string // among the commands
	}{
		"EHLO is unknown":         {replies: map[string]string{"EHLO": "502 5.5.1 what?"}, text: "250 ok", wantLines: []string{"HELO reports.example.net"}},
		"EHLO is unacceptable":    {replies: map[string]string{"EHLO": "550 no"}, text: "250 ok", wantLines: []string{"HELO reports.example.net"}},
		"neither is accepted":     {replies: map[string]string{"EHLO": "550 5.7.1 who are you?", "HELO": "550 5.7.1 who are you?"}, want: "EHLO: the server answered 550 5.7.1 who are you?", permanent: true},
		"not now":                 {greeting: "421 4.3.2 too many connections", want: "connecting: the server answered 421 4.3.2 too many"},
		"not ever":                {greeting: "554 5.7.1 you are listed", want: "connecting: the server answered 554 5.7.1 you are listed", permanent: true},
		"several lines":           {greeting: "220-hello|220-there|220 go on", replies: map[string]string{"EHLO": "250-here|250-8BITMIME|250-SMTPUTF8|250-size 100000|250 HELP"}, text: "250-2.0.0 queued|250 2.0.0 as 17", wantLines: []string{"MAIL FROM:<reports@example.com> SIZE="}},
		"closes at EHLO":          {replies: map[string]string{"EHLO": "421 4.4.2 idle"}, want: "EHLO: the server answered 421"},
		"closes at MAIL":          {replies: map[string]string{"MAIL": "421 4.4.2 idle"}, want: "sender: the server answered 421"},
		"closes at RCPT":          {replies: map[string]string{"RCPT": "421-4.7.0 slow|421 4.7.0 down"}, want: "recipient: the server answered 421 4.7.0 slow down"},
		"closes at DATA":          {replies: map[string]string{"DATA": "421 4.4.2 idle"}, want: "message text: the server answered 421"},
		"closes after the text":   {text: "421 4.4.2 idle", want: "message text: the server answered 421"},
		"hangs up after the text": {want: "not known whether", unknown: true},
		"another success":         {replies: map[string]string{"MAIL": "251 fine"}, text: "200 fine"},
		"no end of the text":      {text: "354 go on", want: "not known whether", unknown: true},
		"nonsense after the text": {text: "ok", want: "not known whether", unknown: true},
		"nonsense":                {greeting: "HTTP/1.1 400 Bad Request", want: "no valid answer\nhint: it may not be a mail server"},
		"no valid recipients":     {replies: map[string]string{"RCPT": "550-5.1.1 no such user|550 5.1.1 here"}, want: "recipient: the server answered 550 5.1.1 no such user here", permanent: true},
		"forwards":                {replies: map[string]string{"RCPT": "251 user not local"}, text: "250 ok"},
		"login later":             {replies: map[string]string{"EHLO": "250-here|250 AUTH PLAIN", "AUTH": "454 4.7.0 temporary failure"}, user: "reports", want: "login: the server answered 454 4.7.0"},
		"login never":             {replies: map[string]string{"EHLO": "250-here|250 auth LOGIN plain", "AUTH": "535 5.7.8 secret is wrong"}, user: "reports", want: "login: the server answered 535 5.7.8, wrong user or password", permanent: true},
		"login closes":            {replies: map[string]string{"EHLO": "250-here|250 AUTH PLAIN", "AUTH": "421 4.7.0 too many failures"}, user: "reports", want: "login: the server answered 421 4.7.0"},
		"login is not possible":   {replies: map[string]string{"EHLO": "250-here|250 AUTH GSSAPI"}, user: "reports", want: "no login method that callsheet supports, but GSSAPI", permanent: true},
		"login is not offered":    {replies: map[string]string{"EHLO": "250-here|250 8BITMIME"}, user: "reports", want: "no login without encryption\nhint: set mail.tls", permanent: true},
		"login at MAIL":           {replies: map[string]string{"MAIL": "530 5.7.0 authenticate first"}, want: "sender: the server answered 530", permanent: true},
		"login as of old":         {replies: map[string]string{"EHLO": "250-here|250-AUTH=LOGIN|250 AUTH GSSAPI", "AUTH": "334 ", "c": "235 welcome"}, user: "reports", text: "250 ok"},
		"endless login":           {replies: map[string]string{"EHLO": "250-here|250 AUTH LOGIN", "AUTH": "334 ", "c": "334 "}, user: "reports", want: "login"},
	} {
		t.Run(name, func(t *testing.T) {
			d := dialog{greeting: c.greeting, replies: c.replies, text: c.text}
			if d.greeting == "" {
				d.greeting = "220 here ESMTP"
			}
			listener := d.start(t)
			m := (&fakeSMTP{port: listener.Port(), user: c.user, password: "secret"}).channel(t, "none")
			m.Server.EHLO = "reports.example.net"
			_, err := m.Send(t.Context(), testMessage(t, "x"), "a@example.com")
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrPermanent) != c.permanent || errors.Is(err, ErrUnknown) != c.unknown {
				t.Errorf("permanent %v, unknown %v: %v", errors.Is(err, ErrPermanent), errors.Is(err, ErrUnknown), err)
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error has the password: %v", err)
			}
			for _, want := range c.wantLines {
				if !slices.ContainsFunc(listener.Commands(), func(line string) bool { return strings.HasPrefix(line, want) }) {
					t.Errorf("no %q in %q", want, listener.Commands())
				}
			}
		})
	}
}

// TestEachStepHasADeadline talks to servers that fall silent at one step.
func TestEachStepHasADeadline(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	m := (&fakeSMTP{port: listener.Addr().(*net.TCPAddr).Port}).channel(t, "none")
	m.Server.Timeout = 50 * time.Millisecond
	if _, err := m.Send(t.Context(), testMessage(t, "x"), "a@example.com"); err == nil || !strings.Contains(err.Error(), "connecting: the server did not answer in time") || !errors.Is(err, ErrSilent) {
		t.Errorf("silent from the start: %v", err)
	}
	m.Server.Timeout = time.Minute
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := m.Server.Check(ctx); err == nil || !strings.Contains(err.Error(), "connecting: stopped before the server answered") {
		t.Errorf("silent until the context has ended: %v", err)
	}

	another, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m = (&fakeSMTP{port: another.Addr().(*net.TCPAddr).Port}).channel(t, "none")
	m.Server.Timeout = 500 * time.Millisecond
	accepted := make(chan error, 1)
	go func() { // takes the beginning of the text only
		accepted <- func() error {
			conn, err := another.Accept()
			if err != nil {
				return err
			}
			text := textproto.NewConn(conn)
			for _, reply := range []string{"220 here", "250 here", "250 ok", "250 ok", "354 go on"} {
				if reply != "220 here" {
					_, _ = text.ReadLine()
				}
				_ = text.PrintfLine("%s", reply)
			}
			return nil
		}()
	}()
	_, err = m.Send(t.Context(), testMessage(t, strings.Repeat("x", 12<<20)), "a@example.com")
	if err == nil || !strings.Contains(err.Error(), "message text: the server did not answer in time") || errors.Is(err, ErrUnknown) || errors.Is(err, ErrSilent) {
		t.Errorf("silent in the text: %v", err)
	}
	another.Close()
	if err := <-accepted; err != nil {
		t.Error(err)
	}
}

// TestRefusedWorkbookIsLeftOut refuses mails with a workbook in the ways of different servers.
func TestRefusedWorkbookIsLeftOut(t *testing.T) {
	tooLarge := func(code int, enhanced smtp.EnhancedCode, text string) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
	}
	for name, c := range map[string]struct {
		refusal error
		want    string
	}{
		"552":                {tooLarge(552, smtp.EnhancedCode{5, 3, 4}, "message size exceeds fixed limit"), "552 5.3.4"},
		"552 without detail": {tooLarge(552, smtp.NoEnhancedCode, "too much mail data"), "552"},
		"Exchange":           {tooLarge(554, smtp.EnhancedCode{5, 2, 3}, "msg too large"), "554 5.2.3"},
		"temporary":          {tooLarge(452, smtp.EnhancedCode{4, 3, 4}, "message too big"), "452 4.3.4"},
		"kind of file":       {tooLarge(550, smtp.EnhancedCode{5, 7, 1}, "attachments are not allowed here"), "550 5.7.1"},
	} {
		box := startFakeSMTP(t, "none", func(m *fakeSMTP) {
			m.refuseText = func(text []byte) error {
				if strings.Contains(string(text), "spreadsheetml") {
					return c.refusal
				}
				return nil
			}
		})
		p := testMessage(t, "a workbook")
		p.Link = "https://files.example.com/daily.xlsx"
		location, err := box.channel(t, "none").Send(t.Context(), p, "a@example.com")
		if want := "without the workbook: the mail server refused the mail with it (" + c.want + ")"; !errors.Is(err, ErrWarning) || !strings.Contains(location, want) {
			t.Errorf("%s: %q, %v", name, location, err)
			continue
		}
		text := parseMail(t, box.arrived["a@example.com"][0]).parts["text/plain"]
		for _, want := range []string{p.Link, "1,234", "The workbook " + p.fileName("") + " is not attached: the mail server refused the mail with it (" + c.want + ")."} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", name, want, text)
			}
		}
	}
	d := dialog{greeting: "220 here", replies: map[string]string{"EHLO": "250-here|250 SIZE", "MAIL": "552 5.3.4 too large for you"}}
	_, err := (&fakeSMTP{port: d.start(t).Port()}).channel(t, "none").Send(t.Context(), testMessage(t, "x"), "a@example.com")
	if !errors.Is(err, ErrPermanent) || !strings.Contains(err.Error(), "552 5.3.4") {
		t.Errorf("refused without the workbook as well: %v", err)
	}
}

// TestEncodedSizeIsCompared has a workbook that is below the limits as a file, and above them in a mail.
func TestEncodedSizeIsCompared(t *testing.T) {
	for name, c := range map[string]struct {
		limit, announced int64
		attached         bool
		want             string
	}{
		"configured":         {limit: 200_000, want: "mail.max_attachment is 200.0 kB"},
		"announced":          {limit: 20 << 20, announced: 200_000, want: "the mail server accepts 200.0 kB"},
		"no limit of ours":   {announced: 200_000, want: "the mail server accepts 200.0 kB"},
		"large enough":       {limit: 300_000, announced: 300_000, attached: true},
		"no limits":          {attached: true},
		"huge for its limit": {limit: 1000, announced: 200_000, want: "mail.max_attachment is 1.0 kB"},
	} {
		box := startFakeSMTP(t, "none", func(m *fakeSMTP) { m.maxSize = c.announced })
		m := box.channel(t, "none")
		m.Server.MaxAttachment = c.limit
		location, err := m.Send(t.Context(), testMessage(t, strings.Repeat("x", 172_993)), "a@example.com")
		if errors.Is(err, ErrWarning) == c.attached || !strings.Contains(location, c.want) || strings.Contains(location, "without") == c.attached {
			t.Errorf("%s: %q, %v", name, location, err)
		}
		if _, attached := parseMail(t, box.arrived["a@example.com"][0]).parts["daily-2026-10-04.xlsx"]; attached != c.attached {
			t.Errorf("%s: attached is %v", name, attached)
		}
	}
}

func TestMessageIDIdentifiesTheMessage(t *testing.T) {
	box := startFakeSMTP(t, "none", nil)
	m := box.channel(t, "none")
	p := testMessage(t, "x")
	send := func(p Message, to string) string {
		t.Helper()
		if _, err := m.Send(t.Context(), p, to); err != nil && !errors.Is(err, ErrWarning) {
			t.Fatal(err)
		}
		address, _ := mail.ParseAddress(to)
		mails := box.arrived[address.Address]
		return parseMail(t, mails[len(mails)-1]).header.Get("Message-Id")
	}
	p.ID = NewID()
	first := send(p, "a@example.com")
	if again := send(p, "A. <a@example.com>"); again != first {
		t.Errorf("sent again: %s and %s", first, again)
	}
	if other := send(p, "b@example.com"); other == first {
		t.Errorf("another recipient: %s", other)
	}
	rebuilt := p
	rebuilt.ID = NewID()
	if id := send(rebuilt, "a@example.com"); id == first {
		t.Errorf("rebuilt: %s", id)
	}
	m.Subject = "Another block of mail: {title}"
	if id := send(p, "a@example.com"); id == first {
		t.Errorf("through another channel: %s", id)
	}
	m.Subject = ""
	m.Server.MaxAttachment = 10
	if id := send(p, "a@example.com"); id == first {
		t.Errorf("without the workbook: %s", id)
	}
	p.ID = ""
	if one, two := send(p, "a@example.com"), send(p, "a@example.com"); one == two {
		t.Errorf("two alerts: %s", one)
	}
}

// TestDovecotLogsIn logs in to a real server after STARTTLS, with a password.
func TestDovecotLogsIn(t *testing.T) {
	relay := smtptest.StartOpenSMTPD(t)
	for i, method := range []string{"scram-sha-256 plain", "login"} {
		server := smtptest.StartDovecot(t, method, relay)
		m := (&fakeSMTP{port: server.Port, user: "reports", password: "secret", certFile: server.CertFile}).channel(t, "starttls")
		if err := m.Server.Check(t.Context()); err != nil {
			t.Errorf("%s: %v", method, err)
		}
		if _, err := m.Send(t.Context(), testMessage(t, "x"), "boss@example.com"); err != nil {
			t.Errorf("%s: %v", method, err)
			continue
		}
		relay.Mails(t, "boss@example.com", i+1)
		if i > 0 {
			continue // it delays answers to wrong passwords
		}
		m.Server.Password = func() (string, error) { return "wrong", nil }
		if err := m.Server.Check(t.Context()); err == nil || !errors.Is(err, ErrPermanent) || !strings.Contains(err.Error(), "login: the server answered 535 5.7.8, wrong user or password") {
			t.Errorf("%s: a wrong password: %v", method, err)
		}
		m.Server.CAFile = ""
		if err := m.Server.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "STARTTLS: tls: failed to verify certificate") || !strings.Contains(err.Error(), "hint: if it is of an authority of your own, set mail.ca_file") {
			t.Errorf("an unknown certificate: %v", err)
		}
	}
}

// TestRefusedPictureIsLeftOut has mails without the workbook whose picture is too large.
func TestRefusedPictureIsLeftOut(t *testing.T) {
	for name, set := range map[string]func(*fakeSMTP){
		"announced": func(m *fakeSMTP) { m.maxSize = 100_000 },
		"refused": func(m *fakeSMTP) {
			m.refuseText = func(text []byte) error {
				if strings.Contains(string(text), "image/png") {
					return &smtp.SMTPError{Code: 552, EnhancedCode: smtp.EnhancedCode{5, 3, 4}, Message: "too large"}
				}
				return nil
			}
		},
	} {
		box := startFakeSMTP(t, "none", set)
		m := box.channel(t, "none")
		m.NoAttachment, m.Summary = true, SummaryPicture
		p := testMessage(t, "a workbook")
		if err := os.WriteFile(SummaryPath(p.File, SummaryPicture), make([]byte, 100_000), 0o600); err != nil {
			t.Fatal(err)
		}
		if location, err := m.Send(t.Context(), p, "a@example.com"); err != nil || location != "mail to a@example.com" {
			t.Errorf("%s: %q, %v", name, location, err)
			continue
		}
		if parts := parseMail(t, box.arrived["a@example.com"][0]).parts; len(parts) != 2 || !strings.Contains(parts["text/plain"], "1,234") {
			t.Errorf("%s: parts %q", name, parts)
		}
	}
}
