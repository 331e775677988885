package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The secrets in this file are "XQZ" and digits, which no message contains.
const withSecrets = `timezone: Asia/Kolkata # the old token was XQZ0001XQZ
data_dir: ./data
collector:
  listen: 127.0.0.1:8080
  sources:
    - name: main
      tokens: [XQZ0002XQZ, "XQZ0003XQZ"]
    - name: other
      tokens:
        - XQZ0004XQZ
        - 'XQZ0005XQZ'
reports:
  - name: daily
    schedule: "0 8 * * *"
    retry_for: 2h
    heartbeat: https://ping.example.com/XQZ0006XQZ
    deliver:
      - folder: ./reports
      - webhook: {url: "https://hooks.example.com/XQZ0007XQZ", shape: slack}
      - bucket: s3://reports?region=here&key=XQZ0008XQZ
      - webhook:
          url: >-
            https://user:XQZ0009XQZ@hooks.example.com/
          shape: json
mail:
  host: mail.example.com
  port: 587
  username: reports
  password: XQZ0010XQZ
  from: reports@example.com
  max_attachment: 20MiB
alert_to:
  - webhook:
      url: https://hooks.example.com/XQZ0001XQZ
      shape: template
      template: ops.tmpl
      headers: {Authorization: Bearer XQZ0002XQZ, X-Key: "XQZ0003XQZ"}
log: {level: info}
`

// leaked returns a part of a secret in a message.
func leaked(message string) string {
	for n := range 10 {
		for _, piece := range []string{fmt.Sprintf("XQZ00%02d", n+1), fmt.Sprintf("%02dXQZ", n+1), fmt.Sprintf("QZ00%02dXQ", n+1)} {
			if strings.Contains(message, piece) {
				return piece
			}
		}
	}
	return ""
}

// TestTypingErrorsShowNoSecret removes, adds and changes a character at every position of a configuration with secrets.
func TestTypingErrorsShowNoSecret(t *testing.T) {
	if _, err := Parse([]byte(withSecrets)); err != nil {
		t.Fatal(err)
	}
	wrong := 0
	try := func(text string) {
		_, err := Parse([]byte(text))
		if err == nil {
			return
		}
		wrong++
		if piece := leaked(err.Error()); piece != "" {
			t.Errorf("%s shows in: %v", piece, err)
		}
	}
	added := []string{"\t", " ", "\n", ":", ": ", `"`, "'", "[", "}", "{", "]", "*", "&", "- ", "!", "%", "|\n", "x", "#", "@", "\x00", "\r", "? ", ",", "<<: *"}
	step := 1
	if testing.Short() {
		step = 4
	}
	for at := 0; at < len(withSecrets); at += step {
		try(withSecrets[:at] + withSecrets[at+1:])
		for i := range 6 { // so that every character is added in every kind of position
			try(withSecrets[:at] + added[(at*5+i)%len(added)] + withSecrets[at:])
		}
		if at%5 == 0 {
			try(withSecrets[:at])
		}
	}
	if wrong < 2_000/step {
		t.Errorf("only %d of them were errors", wrong)
	}
}

// TestMisplacedSecretsAreNotShown sets every key to a secret, in every form of value.
func TestMisplacedSecretsAreNotShown(t *testing.T) {
	const secret = "XQZ0001XQZ"
	for _, form := range []string{
		"%s", "[%s]", "{%s}", "{%s: 1}", "{a: %s}", "{a: {%s: 1}}", "*%s", "&%s", "!%s x", "|%s", "%%%s", "@%s", "`%s", `"%s`, "'%s", "[%s", "{a: %s",
		"%s: x", "x: %s", "[[%s]]", "[{%s}]", "[{name: a, %s: b}]", "[{name: a, %s}]", "!!int %s", "!!bool %s", "!!float %s", "!!map %s", `"\%s"`,
		"\n  %s", "\n  - %s", "\n- %s", "\n\t%s", "\n  <<: *%s", "https://user:%s@example.com/%[1]s?key=%[1]s", "{<<: *%s}", "? %s", "12%s", "5s %s", "2026-%s",
	} {
		for line := range strings.Lines(withSecrets) {
			key, _, isKey := strings.Cut(line, ":")
			isName := strings.HasSuffix(key, "timezone") || strings.HasSuffix(key, "name") // whose values are shown
			if !isKey || isName && slices.Contains([]string{"%s", "%%%s", "\n  %s", "12%s", "2026-%s"}, form) {
				continue
			}
			before, after, _ := strings.Cut(withSecrets, line)
			text := before + key + ": " + fmt.Sprintf(form, secret) + "\n" + after
			if _, err := Parse([]byte(text)); err != nil && leaked(err.Error()) != "" {
				t.Errorf("%s: shown in: %v", strings.TrimSpace(key)+": "+form, err)
			}
		}
	}
}
