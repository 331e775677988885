package config

import (
	"strings"
	"testing"
)

func TestKeysWithoutEffectAreErrors(t *testing.T) {
	const server = "mail: {host: mail.example.com, from: a@example.com}\n"
	vendorAPI := string(withVendor(`kind: callerdesk, url: "https://app.example.com/api", authcode: x`))
	for text, want := range map[string]string{
		"store: {retention: \"\"}\n":                                                                     "unknown key \"retention\"\nhint: older versions accepted it, and it never did anything; remove it",
		"store: {publish: false, published_mode: 0640}\n":                                                "store: published_mode and published_group do nothing with publish: false",
		"store: {publish: false, published_group: analysts}\n":                                           "store: published_mode and published_group do nothing with publish: false",
		"mail: {from: a@example.com}\n":                                                                  "mail.host: is missing",
		"mail: {username: a}\n":                                                                          "mail.host: is missing",
		"mail: {allowed_domains: [example.com]}\n":                                                       "mail.host: is missing",
		"mail: {host: a, from: a@b.example, password: x}\n":                                              "mail.password: does nothing without username",
		"mail: {host: a, from: a@b.example, password_file: x}\n":                                         "mail.password: does nothing without username",
		"mail: {host: a, username: u, password: x, password_file: x}\n":                                  "mail.password_file: does nothing beside password",
		"mail: {ca_file: ca.pem}\n":                                                                      "mail.host: is missing",
		"mail: {ehlo: reports.example.com}\n":                                                            "mail.host: is missing",
		"mail: {oauth2: {scopes: [a]}}\n":                                                                "mail.host: is missing",
		"mail: {host: localhost, tls: none, ca_file: ca.pem}\n":                                          "mail.ca_file: does nothing with tls: none",
		"mail: {host: a, username: u, password: x, oauth2: {client_id: a}}\n":                            "mail.password: does nothing beside oauth2",
		"mail: {host: a, oauth2: {client_secret: x, client_secret_file: x}}\n":                           "mail.oauth2.client_secret_file: does nothing beside client_secret",
		"mail: {host: a, oauth2: {refresh_token: x, refresh_token_file: x}}\n":                           "mail.oauth2.refresh_token_file: does nothing beside refresh_token",
		"mail: {host: a, insecure: true}\n":                                                              "mail.insecure: does nothing without tls: none",
		"reports: [{name: a, skip: [weekends]}]\n":                                                       "reports[0].skip: does nothing without schedule",
		"reports: [{name: a, catch_up: 1}]\n":                                                            "reports[0].catch_up: does nothing without schedule",
		"reports: [{name: a, wait_for_data: 5m}]\n":                                                      "reports[0].wait_for_data: does nothing without schedule",
		"reports: [{name: a, wait_for_reconciliation: true}]\n":                                          "reports[0].wait_for_reconciliation: does nothing without schedule",
		"reports: [{name: a, schedule: \"@daily\", wait_for_reconciliation: true}]\n":                    "reports[0].wait_for_reconciliation: does nothing without wait_for_data",
		"reports: [{name: a, schedule: \"@daily\", wait_for_data: 1h, wait_for_reconciliation: true}]\n": "reports[0].wait_for_reconciliation: does nothing: no source has vendor_api",
		vendorAPI + "reports: [{name: a, schedule: \"@daily\", wait_for_data: 1h, wait_for_reconciliation: true, filters: {source: second}}]\n": "reports[0].wait_for_reconciliation: does nothing: source second has no vendor_api",
		"reports: [{name: a, retry_for: 2h}]\n":                                                         "reports[0].retry_for: does nothing without schedule",
		"reports: [{name: a, if_nothing: tell}]\n":                                                      "reports[0].if_nothing: does nothing without only_if or burst",
		"reports: [{name: a, link: \"https://x\", deliver: [{folder: x}]}]\n":                           "reports[0].link: does nothing without mail or webhook",
		server + "reports: [{name: a, deliver: [{mail: {recipients: {Sales: [a@example.com]}}}]}]\n":    "reports[0].deliver[0].mail.recipients: does nothing without burst",
		"reports: [{name: a, deliver: [{webhook: {url: \"https://x\", url_file: x}}]}]\n":               "reports[0].deliver[0].webhook.url_file: does nothing beside url",
		"reports: [{name: a, deliver: [{webhook: {shape: slack}}]}]\n":                                  "reports[0].deliver[0].webhook: needs url or url_file",
		"reports: [{name: a, deliver: [{folder: x, name: \"{period}/{report}.xlsx\", keep: 3}]}]\n":     "reports[0].deliver[0].keep: does nothing with {period} in a folder of name",
		"reports: [{name: a, deliver: [{webhook: {url: \"https://x\"}, keep: 3}]}]\n":                   "reports[0].deliver[0].keep: is only for folder",
		server + "reports: [{name: a, deliver: [{mail: {to: [a@example.com]}, name: x}]}]\n":            "reports[0].deliver[0].name: is only for folder and bucket",
		"reports: [{name: a, deliver: [{webhook: {url: \"https://x\", shape: slack, template: x}}]}]\n": "webhook.template: does nothing without shape: template",
		"reports: [{name: a, deliver: [{webhook: {url: \"https://x\", method: PUT}}]}]\n":               "webhook.method: does nothing without shape: template",
		"reports: [{name: a, deliver: [{webhook: {url: \"https://x\", shape: json, upload: file}}]}]\n": "webhook.upload: does nothing without shape: template",
		"alert_to: [{webhook: {url: \"https://x\", success: ok}}]\n":                                    "alert_to[0].webhook.success: does nothing without shape: template",
		"alert_to: [{webhook: {url: \"https://x\", shape: slack, channel: C1}}]\n":                      "alert_to[0].webhook.channel: does nothing without shape: slackfile",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", text, err, want)
		}
	}
	for _, text := range []string{
		"store: {published_mode: 0640, published_group: analysts}\n",
		server + "reports: [{name: a, burst: agent, if_nothing: tell, deliver: [{mail: {recipients: {Asha: [a@example.com]}}}]}]\n",
		"reports: [{name: a, only_if: rows, if_nothing: tell, schedule: \"@daily\", catch_up: 0, retry_for: 0s, skip: [weekends]}]\n",
		"mail: {host: localhost, tls: none, insecure: true}\n",
		vendorAPI + "reports: [{name: a, schedule: \"@daily\", wait_for_data: 1h, wait_for_reconciliation: true}]\n",
	} {
		if _, err := Parse([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestNoRetriesIsNotTheDefault(t *testing.T) {
	c, err := Parse([]byte("reports: [{name: a, schedule: \"@daily\", retry_for: 0s}, {name: b}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := *c.Reports[0].RetryFor; got != 0 {
		t.Errorf("retry_for: 0s is read as %v", got)
	}
	if got := *c.Reports[1].RetryFor; got != defaultRetryFor {
		t.Errorf("the default is %v", got)
	}
}

func TestFileModesAreOctal(t *testing.T) {
	for written, want := range map[string]FileMode{
		"0640": 0o640, `"0640"`: 0o640, "640": 0o640, "'640'": 0o640, "0o640": 0o640, "0444": 0o444, "600": 0o600, `""`: 0, "": 0,
	} {
		if c, err := Parse([]byte("store: {published_mode: " + written + "}\n")); err != nil || c.Store.PublishedMode != want {
			t.Errorf("%s: %o, %v; want %o", written, c.Store.PublishedMode, err, want)
		}
	}
	for written, want := range map[string]string{
		"rw-r-----": "octal digits", "u=rw": "octal digits", "888": "octal digits", "0x1a0": "octal digits", "1e3": "octal digits", "true": "octal digits",
		"[640]": "octal digits", "64": "octal digits", "04640": "octal digits", "0660": "only the owner may write", "0666": "only the owner may write",
		"0040": "the owner must be able to read", "0540": "no program", "0750": "no program",
	} {
		if _, err := Parse([]byte("store:\n  published_mode: " + written + "\n")); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", written, err, want)
		}
	}
}
