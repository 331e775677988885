package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMailServerIsValidated(t *testing.T) {
	const oauth2 = "username: u, oauth2: {token_url: \"https://login.example.com/token\", client_id: a, client_secret: \"${X}\"}"
	for text, want := range map[string]string{
		"ehlo: localhost":                 "mail.ehlo: \"localhost\" must be a full host name",
		"ehlo: vm":                        "mail.ehlo",
		"ehlo: 192.0.2.1":                 "mail.ehlo",
		"ehlo: \"[192.0.2.1\"":            "mail.ehlo",
		"ehlo: \"[2001:db8::1]\"":         "mail.ehlo",
		"ehlo: a..example":                "mail.ehlo",
		"ehlo: \"a.example\\r\\nQUIT\"":   "mail.ehlo",
		"ehlo: reports.example.com":       "",
		"ehlo: \"[192.0.2.1]\"":           "",
		"ehlo: \"[IPv6:2001:db8::1]\"":    "",
		"port: 0":                         "mail.port: must be between 1 and 65535",
		"port: -587":                      "mail.port",
		"port: 65536":                     "mail.port",
		"port: 2525":                      "",
		"username: u":                     "mail.password: is missing",
		"username: u, password: \"${X}\"": "",
		"username: u, password_file: p":   "",
		"ca_file: ca.pem":                 "",
		oauth2:                            "",
		strings.Replace(oauth2, "https:", "http:", 1):                                  "mail.oauth2.token_url: must be the https:// URL",
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

func TestMailHostIsANameOrAnAddress(t *testing.T) {
	for host, valid := range map[string]bool{
		"smtp.example.com": true, "192.0.2.1": true, "2001:db8::1": true, "mx": true,
		"smtp.example.com:587": false, "192.0.2.1:25": false, "[2001:db8::1]": false, "[2001:db8::1]:25": false,
		"smtps://smtp.example.com": false, "user@smtp.example.com": false,
	} {
		_, err := Parse([]byte("mail: {host: \"" + host + "\", from: a@example.com}\n"))
		if (err == nil) != valid || err != nil && !strings.Contains(err.Error(), "mail.host: must be a host name or an IP address only") {
			t.Errorf("%s: %v", host, err)
		}
	}
}

func TestEmptySecretFilesAreErrors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(path, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	secret, err := new(Config).ResolveSecret("mail.password", "", path)
	if err == nil || err.Error() != "mail.password_file: the file is empty" {
		t.Errorf("%q, %v", secret, err)
	}
}
