// Package smtptest has mail servers for tests: a listener that reports each departure from RFC 5321 in what a client sends, and
// OpenSMTPD, a mail server that refuses what is not strictly correct.
package smtptest

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"

	"callsheet/internal/lazyregexp"
)

// Listener accepts connections whose clients must keep to the rules, until they encrypt them.
type Listener struct {
	net.Listener
	t     testing.TB
	mutex sync.Mutex
	lines []string // commands, in order
}

// Listen listens on a free port of 127.0.0.1.
func Listen(t testing.TB) *Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return &Listener{Listener: listener, t: t}
}

// Port is where it listens.
func (l *Listener) Port() int { return l.Addr().(*net.TCPAddr).Port }

// Accept waits for a connection.
func (l *Listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &strictConn{Conn: conn, listener: l}, nil
}

// Commands returns the commands of all connections, without what logins exchange.
func (l *Listener) Commands() []string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return append([]string(nil), l.lines...)
}

func (l *Listener) problem(format string, args ...any) {
	l.t.Errorf("the client breaks the rules of SMTP: "+format, args...)
}

// strictConn watches one connection. Its client does not pipeline, so reads and writes alternate.
type strictConn struct {
	net.Conn
	listener  *Listener
	pending   []byte // of a line
	command   string // the last one
	inText    bool
	encrypted bool
	declared  string // parameters of MAIL
	text      int    // bytes of the text
	eightBit  bool   // in the text
}

// Read passes on what the client sends.
func (c *strictConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	for _, b := range p[:n] {
		if c.encrypted {
			break
		}
		c.pending = append(c.pending, b)
		if b == '\n' {
			c.line(c.pending)
			c.pending = c.pending[:0]
		}
	}
	return n, err
}

// Write passes on what the server answers.
func (c *strictConn) Write(p []byte) (int, error) {
	switch {
	case c.encrypted:
	case c.command == "DATA" && bytes.HasPrefix(p, []byte("354")):
		c.inText, c.text, c.eightBit = true, 0, false
	case c.command == "STARTTLS" && bytes.HasPrefix(p, []byte("220")):
		c.encrypted = true
	}
	return c.Conn.Write(p)
}

var (
	envelopeLine = lazyregexp.New(`^(MAIL FROM|RCPT TO):<(?:(?:[^<>" ]+|"(?:[^"\\]|\\.)*")@[^<>"@ ]+)?>((?: [A-Z0-9]+(?:=[!-<>-~]+)?)*)$`)
	helloLine    = lazyregexp.New(`^(?:EHLO|HELO) (?:\[[0-9A-Fa-f:.v]+\]|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)$`)
	otherLine    = lazyregexp.New(`^(?:DATA|RSET|NOOP|QUIT|STARTTLS|AUTH [A-Z0-9-]+(?: [A-Za-z0-9+/=]+)?)$`)
	responseLine = lazyregexp.New(`^(?:[A-Za-z0-9+/]*={0,2}|\*)$`)
)

func (c *strictConn) line(bytesRead []byte) {
	line, ended := strings.CutSuffix(string(bytesRead), "\r\n")
	eightBit := strings.ContainsFunc(line, func(r rune) bool { return r > 127 })
	switch {
	case !ended:
		c.listener.problem("a line ends in a bare LF: %.100q", line)
	case strings.ContainsAny(line, "\r\n\x00"):
		c.listener.problem("a line contains CR or NUL: %.100q", line)
	}
	if c.inText {
		c.textLine(line, eightBit)
		return
	}
	inLogin := strings.HasPrefix(c.command, "AUTH")
	if len(line) > 510 && !inLogin {
		c.listener.problem("a command of %d octets: %.100s", len(line), line)
	}
	if inLogin && responseLine().MatchString(line) {
		return
	}
	c.command, _, _ = strings.Cut(line, " ")
	if c.command == "AUTH" {
		line = strings.Join(strings.Fields(line)[:2], " ")
	}
	c.listener.mutex.Lock()
	c.listener.lines = append(c.listener.lines, line)
	c.listener.mutex.Unlock()
	switch address := envelopeLine().FindStringSubmatch(line); {
	case address != nil && c.command == "MAIL":
		c.declared = address[2] + " "
	case address == nil && !helloLine().MatchString(line) && !otherLine().MatchString(line):
		c.listener.problem("the command %q", line)
	}
	if eightBit && !strings.Contains(c.declared, " SMTPUTF8 ") {
		c.listener.problem("not ASCII, and SMTPUTF8 is not declared: %q", line)
	}
}

func (c *strictConn) textLine(line string, eightBit bool) {
	if len(line) > 998 {
		c.listener.problem("a line of the text has %d octets: %.100s", len(line), line)
	}
	declares := func(parameter string) bool { return strings.Contains(c.declared, " "+parameter+" ") }
	if c.eightBit = c.eightBit || eightBit; eightBit && !declares("BODY=8BITMIME") && !declares("SMTPUTF8") {
		c.listener.problem("8-bit text is not declared: %.100q", line)
	}
	if line != "." {
		c.text += len(strings.TrimPrefix(line, ".")) + 2
		if strings.HasPrefix(line, ".") && !strings.HasPrefix(line, "..") {
			c.listener.problem("a line begins with a single dot: %.100q", line)
		}
		return
	}
	c.inText, c.command = false, ""
	if !c.eightBit && (declares("BODY=8BITMIME") || declares("SMTPUTF8")) {
		c.listener.problem("it declares%s, and the text is 7-bit", c.declared)
	}
	if strings.Contains(c.declared, " SIZE=") && !declares(fmt.Sprintf("SIZE=%d", c.text)) {
		c.listener.problem("it declares%s, and the text has %d octets", c.declared, c.text)
	}
}
