package notify

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"callsheet/internal/remote"
)

// A TokenSource returns an access token. refused is the token that the server has just refused, or empty; it is not returned again.
type TokenSource func(ctx context.Context, refused string) (string, error)

// noMechanism returns the error of a server that offers no usable login method.
func (s MailServer) noMechanism(offered []string) error {
	switch {
	case len(offered) > 0:
		return fmt.Errorf("the server offers no login method that callsheet supports, but %s", oneLine(strings.Join(offered, ", ")))
	case s.TLS == "none":
		return errors.New("the server offers no login without encryption\nhint: set mail.tls to starttls or tls; leave out mail.username if the server needs no login")
	}
	return errors.New("the server offers no login\nhint: leave out mail.username if it needs none, or use the port for submission, usually 587 or 465")
}

// credential returns the password or an access token; it is empty without a login.
func (s MailServer) credential(ctx context.Context) (string, error) {
	switch {
	case s.Username == "":
		return "", nil
	case s.Token != nil:
		return s.Token(ctx, "")
	}
	password, err := s.Password()
	if err != nil {
		return "", permanent(err)
	}
	return password, nil
}

// login logs in with a password or an access token. A refused token is replaced once: the server may have revoked it.
func (s MailServer) login(ctx context.Context, open *session, credential string) error {
	if s.Token == nil {
		open.hide(credential, "\x00"+s.Username+"\x00"+credential)
		open.secrets = append(open.secrets, base64.StdEncoding.EncodeToString([]byte(s.Username))) // of LOGIN
		return s.authenticate(open, passwordMechanisms(s.Host, s.Username, credential))
	}
	err := s.authenticate(open, s.tokenMechanisms(open, credential))
	if refused, ok := errors.AsType[*replyError](err); !ok || refused.code != 535 {
		return err
	}
	fresh, tokenErr := s.Token(ctx, credential)
	if tokenErr != nil {
		return tokenErr
	}
	return s.authenticate(open, s.tokenMechanisms(open, fresh))
}

// authenticate performs the first mechanism that the server offers.
func (s MailServer) authenticate(open *session, mechanisms []mechanism) error {
	offered := strings.Fields(strings.ToUpper(open.extensions["AUTH"]))
	i := slices.IndexFunc(mechanisms, func(m mechanism) bool { return slices.Contains(offered, m.name) })
	if i < 0 {
		return permanent(s.wrap(stepLogin, s.noMechanism(offered)))
	}
	if err := open.login(mechanisms[i].auth, &smtp.ServerInfo{Name: s.Host, TLS: s.TLS != "none", Auth: offered}); err != nil {
		return s.wrapError(stepLogin, err, nil)
	}
	return nil
}

// mechanism is a way to log in (SASL).
type mechanism struct {
	name string
	auth smtp.Auth
}

// passwordMechanisms returns the mechanisms in the order of preference. PLAIN and LOGIN may run unencrypted: the configuration allows
// that only on this machine, or explicitly.
func passwordMechanisms(host, username, password string) []mechanism {
	return []mechanism{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(username, password)},
		{"SCRAM-SHA-1", smtp.ScramSHA1Auth(username, password)},
		{"PLAIN", smtp.PlainAuth("", username, password, host, true)},
		{"LOGIN", smtp.LoginAuth(username, password, host, true)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(username, password)},
		{"NTLM", smtp.NTLMAuth(username, password, "")},
	}
}

func (s MailServer) tokenMechanisms(open *session, token string) []mechanism {
	xoauth2 := tokenAuth{name: "XOAUTH2", response: "user=" + s.Username + "\x01auth=Bearer " + token + "\x01\x01"}
	bearer := tokenAuth{name: "OAUTHBEARER", response: "n,a=" + saslName.Replace(s.Username) + ",\x01auth=Bearer " + token + "\x01\x01", dummy: "\x01"}
	open.hide(token, xoauth2.response, bearer.response)
	return []mechanism{{xoauth2.name, xoauth2}, {bearer.name, bearer}}
}

// saslName escapes a user name in a GS2 header (RFC 5801).
var saslName = strings.NewReplacer("=", "=3D", ",", "=2C")

// tokenAuth logs in with an access token: with XOAUTH2 of Google and Microsoft, or with OAUTHBEARER (RFC 7628).
type tokenAuth struct {
	name, response string
	dummy          string // answers the challenge that describes why the token was refused
}

func (a tokenAuth) Start(*smtp.ServerInfo) (string, []byte, error) {
	return a.name, []byte(a.response), nil
}

func (a tokenAuth) Next([]byte, bool) ([]byte, error) { return []byte(a.dummy), nil }

const (
	maxCommand    = 510 // octets of a command line, without its end
	maxChallenges = 10  // in a login
)

// login performs the exchange of a SASL mechanism (RFC 4954).
func (s *session) login(mechanism smtp.Auth, server *smtp.ServerInfo) error {
	encode := base64.StdEncoding.EncodeToString
	name, first, err := mechanism.Start(server)
	if err != nil {
		return err
	}
	line, initial := "AUTH "+name, ""
	if first != nil {
		if initial = encode(first); initial == "" {
			initial = "="
		}
	}
	inFirstLine := initial != "" && len(line)+1+len(initial) <= maxCommand
	if inFirstLine {
		line += " " + initial
	}
	for round := range maxChallenges {
		code, text, err := s.command(0, line)
		switch {
		case err != nil:
			return err
		case code == 235:
			return nil
		case code != 334:
			return &textproto.Error{Code: code, Msg: text}
		}
		if round == 0 && initial != "" && !inFirstLine {
			line = initial // asked for by an empty challenge
			continue
		}
		challenge, err := base64.StdEncoding.DecodeString(text)
		var response []byte
		if err == nil {
			response, err = mechanism.Next(challenge, true)
		}
		if err != nil {
			_, _, _ = s.command(0, "*") // cancels
			return err
		}
		line = encode(response)
	}
	return remote.ErrInvalidAnswer
}

// hide keeps secrets, also as Base64, out of errors.
func (s *session) hide(secrets ...string) {
	for _, secret := range secrets {
		if secret != "" {
			s.secrets = append(s.secrets, secret, base64.StdEncoding.EncodeToString([]byte(secret)))
		}
	}
}
