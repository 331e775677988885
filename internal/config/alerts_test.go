package config

import (
	"strings"
	"testing"
)

const alertServer = "mail: {host: mail.example.com, from: a@example.com}\n"

func TestAlertsGoToAddressesAndWebhooks(t *testing.T) {
	c, err := Parse([]byte(alertServer + "alert_to:\n  - Ops <ops@example.com>\n  - webhook: {url: \"https://x/${TOKEN}\", shape: slack}\n  - webhook:\n      url_file: chat\n"))
	if err != nil {
		t.Fatal(err)
	}
	if a := c.AlertTo; len(a) != 3 || a[0].Address != "Ops <ops@example.com>" || a[1].Webhook.Shape != "slack" || a[2].Webhook.URLFile != "chat" || a[2].Address != "" {
		t.Errorf("%+v", c.AlertTo)
	}
	if files := c.SecretFiles(); len(files) != 1 || files[0].Key != "alert_to[2].webhook.url_file" || !c.HasSecrets() {
		t.Errorf("%v, %v", files, c.HasSecrets())
	}
	if _, err := Parse([]byte("alert_to: [{webhook: {url: \"https://x\"}}]\n")); err != nil {
		t.Errorf("a chat needs a mail server: %v", err)
	}
}

func TestMistakesInAlertTo(t *testing.T) {
	for text, want := range map[string]string{
		"alert_to: [ops@example.com]\n":                                                                        "alert_to[0]: needs mail.host and mail.from",
		alertServer + "alert_to: [ops]\n":                                                                      "alert_to[0]: is neither a mail address",
		alertServer + "alert_to: [ops@example.com, '']\n":                                                      "alert_to[1]: is neither",
		alertServer + "alert_to: [{}]\n":                                                                       "alert_to[0]: is neither",
		alertServer + "alert_to:\n  - a@example.com\n  - webhok: {url: \"https://x\"}\n":                       "line 4: unknown key \"webhok\"\nhint: did you mean \"webhook\"?",
		alertServer + "alert_to:\n  - webhook:\n      url: x\n      shpae: slack\n":                            "line 5: unknown key \"shpae\"\nhint: did you mean \"shape\"?",
		"alert_to: [{webhook: {shape: slack}}]\n":                                                              "alert_to[0].webhook: needs url or url_file",
		"alert_to: [{webhook: {url: \"https://x\", url_file: y}}]\n":                                           "alert_to[0].webhook.url_file: does nothing beside url",
		"alert_to: [{webhook: {url: \"https://x\", shape: slak}}]\n":                                           "alert_to[0].webhook.shape: must be json, slack, teams",
		"alert_to: [{webhook: {url: \"https://x\", shape: template, template: t, upload: f, summary: pdf}}]\n": "alert_to[0].webhook.summary: does nothing, because an alert has no workbook",
		"alert_to: [[a]]\n":                           "line 1, alert_to: expected a text",
		"alert_to: {webhook: {url: \"https://x\"}}\n": "line 1, alert_to: expected a list",
		"alert_to:\n  - webhook: [x]\n":               "line 2, webhook: expected keys with values",
	} {
		_, err := Parse([]byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", text, err, want)
		}
	}
}
