package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"callsheet/internal/smtptest"
)

// A tokenEndpoint is strict about the form of requests (RFC 6749).
type tokenEndpoint struct {
	mutex    sync.Mutex
	form     url.Values // that it expects, without the login
	inHeader bool       // the client logs in with a header
	issued   []string
	expires  int // seconds
	rotates  bool
	status   int // of a refusal
	refusal  map[string]string
	onIssue  func(token string)
}

func (e *tokenEndpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	answer := func(status int, body map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || r.URL.RawQuery != "" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		answer(400, map[string]any{"error": "invalid_request"})
		return
	}
	id, secret, inHeader := r.BasicAuth()
	if inHeader { // form-encoded, RFC 6749, 2.3.1
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	} else {
		id, secret = r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	}
	if inHeader != e.inHeader || id != "client+1" || secret != "s3cret/+%" {
		answer(401, map[string]any{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret s3cret is provided."})
		return
	}
	form := maps.Clone(r.PostForm)
	delete(form, "client_id")
	delete(form, "client_secret")
	if !maps.EqualFunc(form, e.form, func(a, b []string) bool { return slices.Equal(a, b) }) {
		answer(400, map[string]any{"error": "invalid_request", "error_description": fmt.Sprint(form)})
		return
	}
	if e.refusal != nil {
		body := map[string]any{}
		for key, value := range e.refusal {
			body[key] = value
		}
		answer(e.status, body)
		return
	}
	token := fmt.Sprintf("s3cret-token-%d%s", len(e.issued), strings.Repeat("x", 600)) // longer than a command line
	e.issued = append(e.issued, token)
	if e.onIssue != nil {
		e.onIssue(token)
	}
	body := map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": e.expires}
	if e.rotates {
		body["refresh_token"] = "s3cret-refresh-2"
	}
	answer(200, body)
}

func (e *tokenEndpoint) client(t *testing.T) (o OAuth2, renewed *string) {
	server := httptest.NewServer(e)
	t.Cleanup(server.Close)
	renewed = new(string)
	if e.expires == 0 {
		e.expires = 3600
	}
	return OAuth2{
		TokenURL: server.URL + "/tenant/oauth2/v2.0/token", ClientID: "client+1", Timeout: 5 * time.Second,
		ClientSecret: func() (string, error) { return "s3cret/+%", nil }, RefreshToken: func() (string, error) { return "", nil },
		Renewed: func(token string) { *renewed = token },
	}, renewed
}

// TestDovecotTakesAccessTokens logs in to a real server with XOAUTH2 and with OAUTHBEARER.
func TestDovecotTakesAccessTokens(t *testing.T) {
	relay := smtptest.StartOpenSMTPD(t)
	for i, methods := range []string{"plain oauthbearer xoauth2", "plain oauthbearer"} {
		server := smtptest.StartDovecot(t, methods, relay)
		endpoint := &tokenEndpoint{form: url.Values{"grant_type": {"client_credentials"}, "scope": {"https://outlook.office365.com/.default"}}}
		o, _ := endpoint.client(t)
		o.Scopes = []string{"https://outlook.office365.com/.default"}
		m := (&fakeSMTP{port: server.Port, user: "reports", certFile: server.CertFile}).channel(t, "starttls")
		m.Server.Token = o.TokenSource()
		endpoint.onIssue = func(token string) {
			if token != endpoint.issued[0] { // the first is revoked before it is used
				server.Accept(token)
			}
		}
		for range 2 {
			if _, err := m.Send(t.Context(), testMessage(t, "x"), "boss@example.com"); err != nil {
				t.Fatalf("%s: %v", methods, err)
			}
		}
		if relay.Mails(t, "boss@example.com", 2*i+2); len(endpoint.issued) != 2 {
			t.Errorf("%s: %d tokens: a refused one is replaced once, and a good one reused", methods, len(endpoint.issued))
		}
		endpoint.mutex.Lock()
		endpoint.onIssue = nil
		endpoint.mutex.Unlock()
		server.Accept()
		_, err := m.Send(t.Context(), testMessage(t, "x"), "boss@example.com")
		if err == nil || !errors.Is(err, ErrPermanent) || !strings.Contains(err.Error(), "login: the server answered 535 5.7.8, access token refused") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: refused for good: %v", methods, err)
		}
		if len(endpoint.issued) != 3 {
			t.Errorf("%s: %d tokens", methods, len(endpoint.issued))
		}
	}
}

func TestTokenRequests(t *testing.T) {
	for _, inHeader := range []bool{true, false} {
		endpoint := &tokenEndpoint{inHeader: inHeader, rotates: true, form: url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"s3cret-refresh"}}}
		o, renewed := endpoint.client(t)
		o.RefreshToken = func() (string, error) { return "s3cret-refresh", nil }
		source := o.TokenSource()
		first, err := source(t.Context(), "")
		again, _ := source(t.Context(), "")
		if err != nil || first == "" || again != first {
			t.Errorf("in header %v: %.20s and %.20s, %v", inHeader, first, again, err)
		}
		if *renewed != "s3cret-refresh-2" {
			t.Errorf("the new refresh token is %q", *renewed)
		}
		if fresh, err := source(t.Context(), first); err != nil || fresh == first {
			t.Errorf("after a refusal: %v", err)
		}
	}
	endpoint := &tokenEndpoint{expires: 1, form: url.Values{"grant_type": {"client_credentials"}}}
	o, _ := endpoint.client(t)
	source := o.TokenSource()
	first, err := source(t.Context(), "")
	if second, _ := source(t.Context(), ""); err != nil || second == first {
		t.Errorf("an expired token is used again: %v", err)
	}
}

func TestTokenErrorsAreClassified(t *testing.T) {
	for name, c := range map[string]struct {
		status    int
		refusal   map[string]string
		secret    string
		want      string
		permanent bool
	}{
		"wrong secret":  {secret: "s3cret-other", want: "answered 401 invalid_client AADSTS7000215\nhint: client_id or client_secret is wrong", permanent: true},
		"revoked":       {status: 400, refusal: map[string]string{"error": "invalid_grant", "error_description": "Token s3cret has been expired or revoked."}, want: "answered 400 invalid_grant\nhint: the refresh token", permanent: true},
		"unknown scope": {status: 400, refusal: map[string]string{"error": "invalid_scope"}, want: "answered 400 invalid_scope", permanent: true},
		"busy":          {status: 503, refusal: map[string]string{"error": "temporarily_unavailable"}, want: "answered 503 temporarily_unavailable"},
		"busy with 400": {status: 400, refusal: map[string]string{"error": "temporarily_unavailable"}, want: "answered 400 temporarily_unavailable"},
		"limited":       {status: 429, refusal: map[string]string{}, want: "answered 429"},
		"echoes":        {status: 400, refusal: map[string]string{"error": "s3cret/+% is unknown"}, want: "answered 400", permanent: true},
		"redirects":     {status: 302, refusal: map[string]string{}, want: "answered 302\nhint: check token_url", permanent: true},
		"empty":         {status: 200, refusal: map[string]string{}, want: "no valid answer\nhint: check token_url"},
	} {
		endpoint := &tokenEndpoint{form: url.Values{"grant_type": {"client_credentials"}}, status: c.status, refusal: c.refusal}
		o, _ := endpoint.client(t)
		if c.secret != "" {
			o.ClientSecret = func() (string, error) { return c.secret, nil }
		}
		_, err := o.TokenSource()(t.Context(), "")
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.Is(err, ErrPermanent) != c.permanent {
			t.Errorf("%s: permanent %v: %v", name, errors.Is(err, ErrPermanent), err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: the error has a secret: %v", name, err)
		}
	}
	o, _ := (&tokenEndpoint{}).client(t)
	o.TokenURL = "http://127.0.0.1:1/s3cret"
	if _, err := o.TokenSource()(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "s3cret") || errors.Is(err, ErrPermanent) {
		t.Errorf("nobody there: %v", err)
	}
}
