package vendor

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"unicode"

	"callsheet/internal/display"
	"callsheet/internal/remote"
	"callsheet/internal/spool"
)

// maxMessage is how much of a server's message is shown.
const maxMessage = 200

// clean returns a server's text for people: without secrets, which it may repeat, and in one line.
func (c *client) clean(message string) string {
	secrets := []string{c.Authcode, base64.StdEncoding.EncodeToString([]byte(c.Authcode + ":" + c.Secret))}
	if c.Secret != "" {
		secrets = append(secrets, c.Secret)
	}
	for _, secret := range secrets {
		for _, form := range []string{secret, url.QueryEscape(secret), url.PathEscape(secret)} {
			message = replaceFold(message, form)
		}
	}
	words := strings.Fields(message)
	for i, word := range words {
		pieces := strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
		for _, piece := range pieces {
			if !strings.EqualFold(piece, "authcode") && remote.Overlaps(piece, secrets) {
				words[i] = "***"
			}
		}
	}
	shown := []rune(display.Escape(strings.Join(words, " ")))
	if len(shown) > maxMessage {
		return string(shown[:maxMessage]) + "…"
	}
	return string(shown)
}

// replaceFold replaces a secret, in upper or lower case.
func replaceFold(text, secret string) string {
	if secret == "" {
		return text
	}
	lower, secret := strings.ToLower(text), strings.ToLower(secret)
	if len(lower) != len(text) { // letters whose lower case has another length
		text = lower
	}
	var out strings.Builder
	for {
		i := strings.Index(lower, secret)
		if i < 0 {
			return out.String() + text
		}
		out.WriteString(text[:i] + "***")
		text, lower = text[i+len(secret):], lower[i+len(secret):]
	}
}

// text returns a JSON string or number as text, trimmed; empty for anything else.
func text(value json.RawMessage) string {
	if len(value) == 0 || value[0] == '{' || value[0] == '[' || value[0] == 'n' {
		return ""
	}
	return strings.TrimSpace(spool.Text(value))
}

// isCertificate reports whether an error is that of a certificate or of TLS, which another attempt meets again.
func isCertificate(err error) bool {
	_, wrong := errors.AsType[*tls.CertificateVerificationError](err)
	return wrong || strings.Contains(err.Error(), "does not support TLS")
}
