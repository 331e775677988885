package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const vendorSource = "collector: {sources: [{name: main, vendor_api: {%s}}]}\n"

func withVendor(keys string) []byte { return []byte(strings.Replace(vendorSource, "%s", keys, 1)) }

func TestVendorAPIHasDefaults(t *testing.T) {
	c, err := Parse(withVendor(`kind: callerdesk, url: "https://app.example.com/api", authcode: x, days_back: 7, schedule: "", alert_when_days_left: 0`))
	if err != nil {
		t.Fatal(err)
	}
	want := VendorAPI{Kind: "callerdesk", URL: "https://app.example.com/api", Authcode: "x", PerPage: 25, RequestsPerMinute: 30, DaysBack: 7}
	if got := *c.Collector.Sources[0].VendorAPI; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	text, err := os.ReadFile("../../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	example, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	want = VendorAPI{Kind: "callerdesk", URL: "https://app.example.com/api", Authcode: "${CALLSHEET_MAIN_AUTHCODE}", PerPage: 25, RequestsPerMinute: 30,
		DaysBack: 3, Schedule: "30 2 * * *", AlertWhenDaysLeft: 7}
	if got := *example.Collector.Sources[0].VendorAPI; got != want {
		t.Errorf("the example has %+v, want %+v", got, want)
	}
}

func TestMistakesInVendorAPI(t *testing.T) {
	const good = `kind: callerdesk, url: "https://app.example.com/api", authcode: XQZ-code`
	const key = "collector.sources[0].vendor_api"
	for keys, want := range map[string]string{
		"": key + ".kind: is missing: callerdesk",
		`kind: exotel, url: "https://a.example/", authcode: x`:                           key + ".kind: is not known",
		`kind: callerdesk, authcode: x`:                                                  key + ".url: is missing",
		`kind: callerdesk, url: app.example.com, authcode: x`:                            key + ".url: must be an address",
		`kind: callerdesk, url: "https://app.example.com/api?authcode=XQZ", authcode: x`: key + ".url: must be an address",
		`kind: callerdesk, url: "https://u:XQZ@app.example.com/api", authcode: x`:        key + ".url: must be an address",
		`kind: callerdesk, url: "http://app.example.com/api", authcode: x`:               key + ".url: sends the authcode unencrypted",
		`kind: callerdesk, url: "https://app.example.com/api"`:                           key + ": needs authcode or authcode_file",
		good + `, authcode_file: x`:                                                      key + ".authcode_file: does nothing beside authcode",
		good + `, secret: XQZ, secret_file: x`:                                           key + ".secret_file: does nothing beside secret",
		good + `, per_page: 0`:                                                           key + ".per_page: 0 must be between 1 and 1000",
		good + `, requests_per_minute: 0`:                                                key + ".requests_per_minute: 0 must be",
		good + `, days_back: 400`:                                                        key + ".days_back: 400 must be between 1 and 90",
		good + `, alert_when_days_left: -1`:                                              key + ".alert_when_days_left: -1 must be",
		good + `, schedule: often`:                                                       key + ".schedule: ",
		good + `, per_pge: 5`:                                                            `unknown key "per_pge"`,
		good + `, per_page: many`:                                                        "per_page: ",
	} {
		_, err := Parse(withVendor(keys))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "XQZ") {
			t.Errorf("%s: %v; want %q", keys, err, want)
		}
	}
	if _, err := Parse(withVendor(`kind: callerdesk, url: "http://127.0.0.1:8090/api", authcode_file: x`)); err != nil {
		t.Error(err)
	}
}

func TestAuthcodeComesFromItsFileOrTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "callsheet.yaml")
	t.Setenv("XQZ_SECRET", "s3")
	for name, text := range map[string]string{"code": "a7\n", "callsheet.yaml": string(withVendor(
		`kind: callerdesk, url: "https://app.example.com/api", authcode_file: code, secret: "${XQZ_SECRET}"`))} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	authcode, secret, err := c.ResolveVendorAPI(c.Collector.Sources[0])
	if err != nil || authcode != "a7" || secret != "s3" {
		t.Errorf("%q, %q, %v", authcode, secret, err)
	}
	if files := c.SecretFiles(); len(files) != 1 || files[0].Key != "collector.sources[0].vendor_api.authcode_file" || c.HasSecrets() {
		t.Errorf("%v, %v", files, c.HasSecrets())
	}
	os.Remove(filepath.Join(dir, "code"))
	if _, _, err := c.ResolveVendorAPI(c.Collector.Sources[0]); err == nil || !strings.Contains(err.Error(), "source main, vendor_api.authcode_file: reading the file") {
		t.Error(err)
	}
}
