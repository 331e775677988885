package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"callsheet/internal/remote"
)

// transport sends to secret URLs. It does not keep connections alive, because net/http logs what a server sends on an idle one.
var transport = &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}

// do sends a request without an http.Client, which would follow redirects: it would send the URL to another host as the referrer, and
// turn a POST into a GET without its body.
func do(request *http.Request) (*http.Response, error) {
	if user := request.URL.User; user != nil && request.Header.Get("Authorization") == "" {
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return nil, remote.Redact(err)
	}
	return response, nil
}

// Ping requests a secret URL and returns an error unless the server answers with success.
func Ping(ctx context.Context, url string, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := newRequest(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return checkStatus(response, readAnswer(response))
}

// checkStatus returns nil for a status of success. Of the server's text, which may repeat the URL or the request, the error has only
// what answerReason and redirectTarget let pass.
func checkStatus(response *http.Response, answer []byte) error {
	code := response.StatusCode
	err := fmt.Errorf("the server answered %d %s", code, http.StatusText(code))
	if reason := answerReason(answer, requestSecrets(response.Request)); reason != "" {
		err = fmt.Errorf("%w: %s", err, reason)
	}
	switch {
	case code/100 == 2:
		return nil
	case code/100 == 3 && code != http.StatusNotModified:
		return permanent(fmt.Errorf("the server answered %d %s and redirects to %s\nhint: redirects are not followed; configure the URL that it redirects to",
			code, http.StatusText(code), redirectTarget(response)))
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code/100 == 5:
		return Limited(err, remote.RetryAfter(response.Header))
	}
	return permanent(err)
}

var errInvalidURL = errors.New("invalid URL")

// retryAfterError is an error of a server that says how long no further attempt should be made.
type retryAfterError struct {
	error
	after time.Duration
}

func (e retryAfterError) Unwrap() error { return e.error }

// Limited returns an error of a server that wants no further attempt for a while.
func Limited(err error, after time.Duration) error { return retryAfterError{err, after} }

// RetryAfter returns how long a server wants no further attempt, 0 if it does not say.
func RetryAfter(err error) time.Duration {
	if limited, ok := errors.AsType[retryAfterError](err); ok {
		return limited.after
	}
	return 0
}

// WebhookServer returns the scheme and host of a secret URL.
func WebhookServer(text string) (string, error) {
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", permanent(fmt.Errorf("%w\nhint: it is an address that begins with https://", errInvalidURL))
	}
	return u.Scheme + "://" + u.Host, nil
}

// newRequest returns a request to a secret URL.
func newRequest(ctx context.Context, method, to string, body io.Reader) (*http.Request, error) {
	if _, err := WebhookServer(to); err != nil {
		return nil, err
	}
	request, err := http.NewRequestWithContext(ctx, method, to, body)
	if err != nil {
		return nil, permanent(errInvalidURL)
	}
	return request, nil
}

// Reach returns an error unless the server at a URL without secrets answers, with any status.
func Reach(ctx context.Context, server string, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := newRequest(ctx, http.MethodHead, server+"/", nil)
	if err != nil {
		return err
	}
	response, err := do(request)
	if err != nil {
		return fmt.Errorf("cannot be reached: %w", err)
	}
	return response.Body.Close()
}
