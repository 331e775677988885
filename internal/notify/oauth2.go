package notify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/remote"
)

// OAuth2 gets access tokens from an authorization server: with a refresh token, or else with client credentials.
type OAuth2 struct {
	TokenURL     string
	ClientID     string
	ClientSecret func() (string, error)
	RefreshToken func() (string, error) // returns an empty text for client credentials
	Renewed      func(refreshToken string)
	Scopes       []string
	Timeout      time.Duration
}

// TokenSource returns a source that keeps its token until it expires, or is refused. It can be used by several goroutines.
func (o OAuth2) TokenSource() TokenSource {
	var mutex sync.Mutex
	var token *oauth2.Token
	return func(ctx context.Context, refused string) (string, error) {
		mutex.Lock()
		defer mutex.Unlock()
		if token.Valid() && token.AccessToken != refused {
			return token.AccessToken, nil
		}
		fresh, err := o.fetch(ctx)
		if err != nil {
			return "", err
		}
		token = fresh
		return token.AccessToken, nil
	}
}

// tokenClient follows no redirect, which would take the secrets to another host.
var tokenClient = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (o OAuth2) fetch(ctx context.Context) (*oauth2.Token, error) {
	secret, err := o.ClientSecret()
	if err != nil {
		return nil, permanent(err)
	}
	refreshToken, err := o.RefreshToken()
	if err != nil {
		return nil, permanent(err)
	}
	ctx, cancel := context.WithTimeout(context.WithValue(ctx, oauth2.HTTPClient, tokenClient), o.Timeout)
	defer cancel()
	var token *oauth2.Token
	if refreshToken != "" {
		config := oauth2.Config{ClientID: o.ClientID, ClientSecret: secret, Endpoint: oauth2.Endpoint{TokenURL: o.TokenURL}, Scopes: o.Scopes}
		token, err = config.TokenSource(ctx, &oauth2.Token{RefreshToken: refreshToken}).Token()
	} else {
		config := clientcredentials.Config{ClientID: o.ClientID, ClientSecret: secret, TokenURL: o.TokenURL, Scopes: o.Scopes}
		token, err = config.Token(ctx)
	}
	if err != nil {
		return nil, o.wrapError(err)
	}
	if refreshToken != "" && token.RefreshToken != "" && token.RefreshToken != refreshToken {
		o.Renewed(token.RefreshToken)
	}
	return token, nil
}

var (
	oauth2Code    = lazyregexp.New(`^[a-z_]{1,40}$`)    // such as invalid_client
	microsoftCode = lazyregexp.New(`^AADSTS[0-9]{1,9}`) // at the beginning of Microsoft's descriptions
)

// oauth2Hints say what to do about the errors of RFC 6749.
var oauth2Hints = map[string]string{
	"invalid_client":         "client_id or client_secret is wrong, or the secret has expired",
	"invalid_grant":          "the refresh token has expired or was revoked; get a new one",
	"invalid_scope":          "check scopes",
	"invalid_request":        "check token_url, client_id and scopes",
	"unsupported_grant_type": "the server issues no tokens in this way; use a refresh token, or leave it out for client credentials",
	"unauthorized_client":    "the application may not get tokens in this way; check its registration",
}

// checkTokenURL is the hint for an answer that no token endpoint gives.
const checkTokenURL = "check token_url"

// wrapError returns an error without what the endpoint says, which may repeat a secret, except for the codes.
func (o OAuth2) wrapError(err error) error {
	host := "the token endpoint"
	if parsed, err := url.Parse(o.TokenURL); err == nil {
		host += " " + parsed.Host
	}
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		reason := remote.Redact(err)
		if reason == remote.ErrInvalidAnswer {
			reason = fmt.Errorf("%w\nhint: %s", reason, checkTokenURL)
		}
		return fmt.Errorf("mail.oauth2: %s: %w", host, reason)
	}
	code := refused.Response.StatusCode
	text := fmt.Sprintf("mail.oauth2: %s answered %d", host, code)
	if oauth2Code().MatchString(refused.ErrorCode) {
		text += " " + refused.ErrorCode
	}
	if detail := microsoftCode().FindString(refused.ErrorDescription); detail != "" {
		text += " " + detail
	}
	switch hint := oauth2Hints[refused.ErrorCode]; {
	case hint != "":
		text += "\nhint: " + hint
	case refused.ErrorCode == "" && code < 500 && code != http.StatusTooManyRequests:
		text += "\nhint: " + checkTokenURL
	}
	if code/100 == 5 || code == http.StatusTooManyRequests || code == http.StatusRequestTimeout ||
		slices.Contains([]string{"temporarily_unavailable", "server_error", "slow_down"}, refused.ErrorCode) {
		return errors.New(text)
	}
	return permanent(errors.New(text))
}
