package notify

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// client sends to secret URLs. It does not follow redirects, which would send the URL to another host as the referrer and turn a POST
// into a GET without its body. It does not keep connections alive, because net/http logs what a server sends on an idle one.
var client = &http.Client{
	Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// Ping requests a secret URL and returns an error unless the server answers with success.
func Ping(ctx context.Context, url string, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return errInvalidURL
	}
	response, err := client.Do(request)
	if err != nil {
		return redact(err)
	}
	defer response.Body.Close()
	return checkStatus(response)
}

// checkStatus returns nil for a status of success. The error has no text of the server, which may repeat the URL or the request.
func checkStatus(response *http.Response) error {
	code := response.StatusCode
	err := fmt.Errorf("the server answered %d %s", code, http.StatusText(code))
	switch {
	case code/100 == 2:
		return nil
	case code/100 == 3:
		return permanent(fmt.Errorf("%w\nhint: redirects are not followed; configure the URL that it redirects to", err))
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code/100 == 5:
		return err
	}
	return permanent(err)
}
