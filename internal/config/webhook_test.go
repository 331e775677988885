package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMistakesInWebhooks(t *testing.T) {
	for keys, want := range map[string]string{
		`url: "https://x", shape: template`:                                                       "webhook.template: is missing",
		`url: "https://x", shape: template, template: t, method: GET`:                             "webhook.method: must be POST, PUT or PATCH",
		`url: "https://x", shape: template, template: t, success: "("`:                            "webhook.success: is not a regular expression",
		`url: "https://x", headers: {"Bad Name": x}`:                                              "webhook.headers: a name is not that of a header",
		`url: "https://x", headers: {content-length: "3"}`:                                        "webhook.headers: Content-Length cannot be set",
		`url: "https://x", shape: slack, headers: {content-type: text/plain}`:                     "webhook.headers: Content-Type can be set with shape: template only",
		`url: "https://x", shape: template, template: t, upload: f, headers: {Content-Type: a/b}`: "webhook.headers: Content-Type is multipart/form-data with upload",
		`url: "https://x", shape: slack, summary: picture`:                                        "webhook.summary: does nothing without upload",
		`url: "https://x", shape: template, template: t, upload: f, summary: png`:                 "webhook.summary: must be picture or pdf",
		`shape: slackfile`:                              "webhook: slackfile needs channel",
		`shape: slackfile, channel: C1`:                 "webhook: slackfile needs channel",
		`url: "https://x", shape: templat, template: t`: "did you mean \"template\"?",
	} {
		if _, err := Parse([]byte("reports: [{name: a, deliver: [{webhook: {" + keys + "}}]}]\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", keys, err, want)
		}
	}
	c, err := Parse([]byte("alert_to: [{webhook: {shape: slackfile, channel: C1, headers: {Authorization: \"Bearer ${TOKEN}\"}}}]\n"))
	if err != nil || c.AlertTo[0].Webhook.URL != slackAPI {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestHeadersComeFromTheEnvironmentAndAFile(t *testing.T) {
	t.Setenv("WEBHOOK_TOKEN", "t0ken")
	dir := t.TempDir()
	file := filepath.Join(dir, "headers")
	if err := os.WriteFile(file, []byte("X-Api-Key: s3cret: 1\n\nx-other:2\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &Config{}
	header, err := c.ResolveHeaders(WebhookTarget{Headers: map[string]Secret{"authorization": "Bearer ${WEBHOOK_TOKEN}"}, HeadersFile: file})
	if err != nil || header.Get("Authorization") != "Bearer t0ken" || header.Get("X-Api-Key") != "s3cret: 1" || header.Get("X-Other") != "2" {
		t.Errorf("%v, %v", header, err)
	}
	for _, text := range []string{"s3cret", "Host: s3cret", "A: s3cret\x00", "s3 cret: x"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := c.ResolveHeaders(WebhookTarget{HeadersFile: file}); err == nil || strings.Contains(err.Error(), "s3") {
			t.Errorf("%q: %v", text, err)
		}
	}
	t.Setenv("WEBHOOK_TOKEN", "s3cret\nX-Injected: 1")
	if _, err := c.ResolveHeaders(WebhookTarget{Headers: map[string]Secret{"A": "${WEBHOOK_TOKEN}"}}); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%v", err)
	}
	if _, err := c.ResolveHeaders(WebhookTarget{Headers: map[string]Secret{"A": "${WEBHOOK_MISSING}"}}); err == nil || !strings.Contains(err.Error(), "webhook.headers.A: environment variable WEBHOOK_MISSING is not set") {
		t.Errorf("%v", err)
	}
}
