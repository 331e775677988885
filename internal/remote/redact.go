// Package remote reads what servers elsewhere answer: it removes secrets from errors and texts, and knows when to try again.
package remote

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
)

// The errors of Redact that callers look for.
var (
	ErrInvalidAnswer = errors.New("the server sent no valid answer")
	ErrTimeout       = errors.New("the server did not answer in time")
)

// Redact returns the reason of a network error without text that may hold a secret. The network libraries quote URLs, headers and
// what the server sent; only the kinds of errors below keep their text.
func Redact(err error) error {
	var lookup *net.DNSError
	var connection *net.OpError
	var certificate *tls.CertificateVerificationError
	var alert tls.AlertError
	var notTLS tls.RecordHeaderError
	var errno syscall.Errno
	var path *fs.PathError
	switch {
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case IsTimeout(err):
		return ErrTimeout
	case errors.Is(err, net.ErrClosed): // by the end of the context
		return errors.New("stopped before the server answered")
	case errors.As(err, &path) && errors.As(path.Err, &errno):
		return path
	case errors.As(err, &lookup):
		return lookup
	case errors.As(err, &certificate):
		return certificate
	case errors.As(err, &alert):
		return alert
	case errors.As(err, &notTLS), errors.Is(err, http.ErrSchemeMismatch):
		return errors.New("the server does not support TLS")
	case errors.As(err, &errno):
		if errors.As(err, &connection) && connection.Addr != nil {
			return fmt.Errorf("%s %s %s: %w", connection.Op, connection.Net, connection.Addr, errno)
		}
		return errno
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the server closed the connection")
	}
	return ErrInvalidAnswer
}

// IsTimeout reports whether an error is that of a deadline.
func IsTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// ContainsSecret reports whether a text contains one of the secrets, as it is or URL-escaped.
func ContainsSecret(text string, secrets ...string) bool {
	return slices.ContainsFunc(secrets, func(secret string) bool {
		return secret != "" && (strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) || strings.Contains(text, url.PathEscape(secret)))
	})
}
