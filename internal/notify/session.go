package notify

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/remote"
)

// A session is a connection to a mail server, in the words of RFC 5321. A reply that refuses is a *textproto.Error.
//
// go-mail's client and net/smtp are not used: they declare BODY=8BITMIME and SMTPUTF8 whenever the server offers them, never a SIZE, and
// have one deadline for several steps.
type session struct {
	conn       net.Conn
	text       *textproto.Conn
	extensions map[string]string // parameters by keyword in capitals, as the server announced them
	timeout    time.Duration     // of each step
	timer      *time.Timer       // of the current step
	secrets    []string          // that were sent, and may not appear in errors
	inText     bool              // the text of a mail has begun, and not ended
	stop       func() bool       // watching the context
}

// expired is a deadline that has passed.
var expired = time.Unix(1, 0)

// newSession returns a session over a connection. Its steps fail once ctx has ended.
func newSession(ctx context.Context, conn net.Conn, timeout time.Duration) *session {
	s := &session{conn: conn, text: textproto.NewConn(conn), timeout: timeout}
	s.timer = time.AfterFunc(timeout, func() { _ = conn.SetDeadline(expired) })
	s.stop = context.AfterFunc(ctx, func() { _ = conn.Close() })
	return s
}

// begin starts the time of a step.
func (s *session) begin(timeout time.Duration) {
	s.timer.Reset(timeout)
	_ = s.conn.SetDeadline(time.Time{})
}

func (s *session) close() {
	s.stop()
	s.timer.Stop()
	_ = s.conn.Close()
}

// quitTimeout limits the farewell, which nothing depends on.
const quitTimeout = 5 * time.Second

// quit ends the session, without a farewell if a text is not complete.
func (s *session) quit() {
	if s.timeout = min(s.timeout, quitTimeout); !s.inText {
		_, _, _ = s.command(2, "QUIT")
	}
	s.close()
}

// reply reads a reply of an expected class of codes: 2 or 3, or 0 for any.
func (s *session) reply(expected int) (code int, text string, err error) {
	s.begin(s.timeout)
	return s.text.ReadResponse(expected)
}

// command sends a line and reads the reply.
func (s *session) command(expected int, line string) (code int, text string, err error) {
	if strings.ContainsAny(line, "\r\n\x00") {
		return 0, "", errors.New("a command must be one line")
	}
	s.begin(s.timeout)
	if err := s.text.PrintfLine("%s", line); err != nil {
		return 0, "", s.lastWord(err)
	}
	return s.reply(expected)
}

// lastWord returns the reply with which a server explained that it ends the connection, or else the error of writing to it.
func (s *session) lastWord(err error) error {
	if code, text, replyErr := s.reply(0); replyErr == nil && code >= 400 {
		return &textproto.Error{Code: code, Msg: text}
	}
	return err
}

// hello introduces the client and reads the extensions of the server. A server that does not know EHLO is greeted with HELO.
func (s *session) hello(name string) error {
	_, text, err := s.command(2, "EHLO "+name)
	if refused, ok := errors.AsType[*textproto.Error](err); ok && refused.Code/100 == 5 && refused.Code != 554 {
		text = ""
		_, _, err = s.command(2, "HELO "+name)
	}
	s.extensions = map[string]string{}
	for _, line := range strings.Split(text, "\n")[1:] {
		keyword, parameters := line, ""
		if i := strings.IndexAny(line, " ="); i >= 0 { // old servers announce AUTH=LOGIN, some beside AUTH LOGIN
			keyword, parameters = line[:i], line[i+1:]
		}
		keyword = strings.ToUpper(keyword)
		s.extensions[keyword] = strings.TrimSpace(s.extensions[keyword] + " " + parameters)
	}
	return err
}

func (s *session) supports(extension string) bool {
	_, ok := s.extensions[extension]
	return ok
}

// maxSize returns the largest mail that the server accepts, in bytes; 0 if it announced none.
func (s *session) maxSize() int64 {
	size, err := strconv.ParseInt(strings.TrimSpace(s.extensions["SIZE"]), 10, 64)
	if err != nil || size < 0 {
		return 0
	}
	return size
}

// startTLS encrypts the session. What the server said before is forgotten, so that nobody can have inserted it.
func (s *session) startTLS(ctx context.Context, config *tls.Config) error {
	if _, _, err := s.command(2, "STARTTLS"); err != nil {
		return err
	}
	return s.encrypt(ctx, config)
}

func (s *session) encrypt(ctx context.Context, config *tls.Config) error {
	s.begin(s.timeout)
	encrypted := tls.Client(s.conn, config)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		return err
	}
	s.conn, s.text = encrypted, textproto.NewConn(encrypted)
	return nil
}

var errNoSMTPUTF8 = errors.New("the address has letters other than ASCII before the @, and the server does not support them (SMTPUTF8)")

// declare returns the parameters that a mail needs, or an error if the server does not support one.
func (s *session) declare(from, to string, content []byte) (parameters []string, err error) {
	header, body, _ := bytes.Cut(content, []byte("\r\n\r\n"))
	switch {
	case isASCII(from + to + string(header)):
	case s.supports("SMTPUTF8"):
		return []string{"SMTPUTF8"}, nil
	case isASCII(from):
		return nil, fmt.Errorf("%s: %w", to, errNoSMTPUTF8)
	default:
		return nil, fmt.Errorf("%s: %w", from, errNoSMTPUTF8)
	}
	switch {
	case !slices.ContainsFunc(body, func(b byte) bool { return b > 127 }):
		return nil, nil
	case s.supports("8BITMIME"):
		return []string{"BODY=8BITMIME"}, nil
	}
	return nil, errors.New("the text is 8-bit, which the server does not support (8BITMIME)")
}

// mail begins a mail of a size in bytes, 0 if it is unknown. parameters are declared, and must be supported.
func (s *session) mail(from string, size int, parameters ...string) error {
	if s.supports("SIZE") && size > 0 {
		parameters = append([]string{"SIZE=" + strconv.Itoa(size)}, parameters...)
	}
	_, _, err := s.command(2, strings.Join(append([]string{"MAIL FROM:<" + from + ">"}, parameters...), " "))
	return err
}

func (s *session) recipient(to string) error {
	_, _, err := s.command(2, "RCPT TO:<"+to+">")
	return err
}

// chunk is how much of the text is written at least within the time of a step.
const chunk = 64 << 10

// data sends the text and its end, and waits for the reply for at most the time of accepting it. ended reports whether the server may have accepted the mail.
func (s *session) data(content []byte, accepting time.Duration) (ended bool, err error) {
	if _, _, err := s.command(3, "DATA"); err != nil {
		return false, err
	}
	s.inText = true
	text := s.text.DotWriter()
	for part := range slices.Chunk(content, chunk) {
		s.begin(s.timeout)
		if _, err := text.Write(part); err != nil {
			return false, s.lastWord(err) // without the end of the text, so the server delivers nothing
		}
	}
	s.begin(s.timeout)
	endErr := text.Close()
	s.begin(accepting)
	code, reply, err := s.text.ReadResponse(0)
	switch {
	case err != nil:
		return true, cmp.Or(endErr, err)
	case code/100 == 2:
		s.inText = false
		return true, nil
	case code < 400:
		return true, remote.ErrInvalidAnswer
	}
	s.inText = false
	return false, &textproto.Error{Code: code, Msg: reply}
}
