package config

import (
	"strings"
	"testing"
)

func TestMailServerIsValidated(t *testing.T) {
	const oauth2 = "username: u, oauth2: {token_url: \"https://login.example.com/token\", client_id: a, client_secret: \"${X}\"}"
	for text, want := range map[string]string{
		"ehlo: localhost":                             "mail.ehlo: \"localhost\" must be a full host name",
		"ehlo: vm":                                    "mail.ehlo",
		"ehlo: 192.0.2.1":                             "mail.ehlo",
		"ehlo: \"[192.0.2.1\"":                        "mail.ehlo",
		"ehlo: \"[2001:db8::1]\"":                     "mail.ehlo",
		"ehlo: a..example":                            "mail.ehlo",
		"ehlo: \"a.example\\r\\nQUIT\"":               "mail.ehlo",
		"ehlo: reports.example.com":                   "",
		"ehlo: \"[192.0.2.1]\"":                       "",
		"ehlo: \"[IPv6:2001:db8::1]\"":                "",
		"ca_file: ca.pem":                             "",
		oauth2:                                        "",
		strings.Replace(oauth2, "https:", "http:", 1): "mail.oauth2.token_url: must be the https:// URL",
		strings.Replace(oauth2, "https://login.example.com", "http://127.0.0.1:80", 1): "",
		strings.Replace(oauth2, "login.example.com", "u:p@login.example.com", 1):       "mail.oauth2.token_url",
		strings.Replace(oauth2, "username: u, ", "", 1):                                "mail.username: is missing",
		strings.Replace(oauth2, ", client_id: a", "", 1):                               "mail.oauth2.client_id: is missing",
		strings.Replace(oauth2, "client_secret", "refresh_token", 1):                   "",
		strings.Replace(oauth2, ", client_secret: \"${X}\"", "", 1):                    "mail.oauth2: needs client_secret",
	} {
		_, err := Parse([]byte("mail: {host: smtp.example.com, from: a@example.com, " + text + "}\n"))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", text, err, want)
		}
	}
}
