package pipeline

import (
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/notify"
)

// Mail servers may hesitate on purpose, and a mail that they accept too late is one of which nobody knows whether it arrived.
// RFC 5321, 4.5.3.2 recommends up to five minutes, and ten.
const (
	mailTimeout   = time.Minute
	acceptTimeout = 10 * time.Minute
)

// MailChannel returns a channel through the configured mail server, without recipients. Secrets are read when a mail is sent, so that
// other commands do not need them. All mails of the channel share an access token.
func (p *Pipeline) MailChannel() (notify.Mail, error) {
	c := p.Config
	texts, err := MailTemplates(c)
	if err != nil {
		return notify.Mail{}, err
	}
	server := notify.MailServer{
		Host: c.Mail.Host, Port: c.Mail.Port, TLS: c.Mail.TLS, EHLO: c.Mail.EHLO, From: c.Mail.From,
		Username:       c.Mail.Username,
		Password:       func() (string, error) { return c.ResolveSecret("mail.password", c.Mail.Password, c.Mail.PasswordFile) },
		AllowedDomains: c.Mail.AllowedDomains, MaxAttachment: int64(c.Mail.MaxAttachment),
		Timeout: mailTimeout, AcceptTimeout: acceptTimeout,
	}
	if c.Mail.CAFile != "" {
		server.CAFile = c.Path(c.Mail.CAFile)
	}
	if c.Mail.OAuth2.Enabled() {
		server.Token = p.oauth2().TokenSource()
	}
	return notify.Mail{Templates: texts, Server: server}, nil
}

func (p *Pipeline) oauth2() notify.OAuth2 {
	c, o := p.Config, p.Config.Mail.OAuth2
	return notify.OAuth2{
		TokenURL: o.TokenURL, ClientID: o.ClientID, Scopes: o.Scopes, Timeout: sendTimeout,
		ClientSecret: func() (string, error) {
			return c.ResolveSecret("mail.oauth2.client_secret", o.ClientSecret, o.ClientSecretFile)
		},
		RefreshToken: func() (string, error) {
			return c.ResolveSecret("mail.oauth2.refresh_token", o.RefreshToken, o.RefreshTokenFile)
		},
		Renewed: p.keepRefreshToken,
	}
}

// keepRefreshToken replaces the refresh token that the authorization server has replaced. The earlier one may have ended with it.
func (p *Pipeline) keepRefreshToken(token string) {
	file := p.Config.Mail.OAuth2.RefreshTokenFile
	if file == "" {
		p.Log.Warn("the authorization server has issued a new refresh token, which is not kept: set mail.oauth2.refresh_token_file instead of refresh_token")
		return
	}
	if err := atomicfile.WriteFile(atomicfile.OS{}, p.Config.Path(file), []byte(token+"\n")); err != nil {
		p.Log.Warn("the new refresh token of the authorization server could not be kept", "key", "mail.oauth2.refresh_token_file", "error", err)
	}
}
