package notify

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"syscall"
	"time"
)

// client sends to URLs that are secret. A redirect is not followed: it would give the URL to another host as the referrer, and a POST
// would become a GET without the message. Connections are not kept: what a server sends on an idle one would be logged by net/http.
var client = &http.Client{
	Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Ping calls a URL, which is secret, and reports whether its server answered that all is well.
func Ping(ctx context.Context, url string, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return errNoURL
	}
	response, err := client.Do(request)
	if err != nil {
		return redact(err)
	}
	defer response.Body.Close()
	return checkStatus(response)
}

// checkStatus is nil for an answer that says that it arrived. The answer's own words are not shown: a server may repeat the URL or what it
// was sent.
func checkStatus(response *http.Response) error {
	code := response.StatusCode
	err := fmt.Errorf("it answered %d %s", code, http.StatusText(code))
	switch {
	case code/100 == 2:
		return nil
	case code/100 == 3:
		return permanent(fmt.Errorf("%w\nhint: redirects are not followed; write the URL that it redirects to", err))
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code/100 == 5:
		return err
	}
	return permanent(err)
}

var (
	errNoURL    = errors.New("its url is no URL")
	errNoAnswer = errors.New("it gave no answer that can be understood")
)

// redact is why a connection failed, in words that can be kept and shown. Errors of the network libraries quote URLs, headers and what
// the other side said, all of which can hold a secret; only causes of the kinds below keep their text, and everything else loses it.
func redact(err error) error {
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
	case isTimeout(err):
		return errors.New("it did not answer in time")
	case errors.As(err, &path) && errors.As(path.Err, &errno):
		return path
	case errors.As(err, &lookup):
		return lookup
	case errors.As(err, &certificate):
		return certificate
	case errors.As(err, &alert):
		return alert
	case errors.As(err, &notTLS), errors.Is(err, http.ErrSchemeMismatch):
		return errors.New("it does not speak TLS")
	case errors.As(err, &errno):
		if errors.As(err, &connection) && connection.Addr != nil {
			return fmt.Errorf("%s %s %s: %w", connection.Op, connection.Net, connection.Addr, errno)
		}
		return errno
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("it closed the connection")
	}
	return errNoAnswer
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}
