package config

import (
	"fmt"
	"net/url"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"callsheet/internal/schedule"
)

// VendorAPI is the vendor's API for its own list of calls, directory and balance of an account.
type VendorAPI struct {
	Kind              string `yaml:"kind"` // callerdesk
	URL               string `yaml:"url"`  // in front of the names of the requests
	Authcode          Secret `yaml:"authcode"`
	AuthcodeFile      string `yaml:"authcode_file"`
	Secret            Secret `yaml:"secret"` // of HTTP basic authentication
	SecretFile        string `yaml:"secret_file"`
	PerPage           int    `yaml:"per_page"`
	RequestsPerMinute int    `yaml:"requests_per_minute"`
	DaysBack          int    `yaml:"days_back"` // number of finished days that are compared when none are named
	Schedule          string `yaml:"schedule"`  // of serve, in the zone of the source; never if empty
	AlertWhenDaysLeft int    `yaml:"alert_when_days_left"`
}

// UnmarshalYAML decodes a mapping over the defaults.
func (v *VendorAPI) UnmarshalYAML(node ast.Node) error {
	type plain VendorAPI
	*v = VendorAPI{PerPage: 25, RequestsPerMinute: 30, DaysBack: 3, Schedule: "30 2 * * *", AlertWhenDaysLeft: 7}
	return yaml.NodeToValue(node, (*plain)(v), yaml.Strict())
}

func (v *VendorAPI) checkEffect(add adder, key string) {
	for _, secret := range []struct {
		name, file string
		value      Secret
	}{{"authcode", v.AuthcodeFile, v.Authcode}, {"secret", v.SecretFile, v.Secret}} {
		if secret.value != "" && secret.file != "" {
			add(key+"."+secret.name+"_file", "does nothing beside %s; leave one of them out", secret.name)
		}
	}
}

func (v *VendorAPI) validate(add adder, key string) {
	if v.Kind == "" {
		add(key+".kind", "is missing: callerdesk")
	} else if v.Kind != "callerdesk" {
		add(key+".kind", "is not known: callerdesk is the only kind")
	}
	endpoint, err := url.Parse(v.URL)
	switch {
	case v.URL == "":
		add(key+".url", "is missing: the address of the vendor's API, such as https://app.example.com/api")
	case err != nil || endpoint.Host == "" || endpoint.User != nil || endpoint.RawQuery != "" || endpoint.Fragment != "" ||
		endpoint.Scheme != "https" && endpoint.Scheme != "http":
		add(key+".url", "must be an address such as https://app.example.com/api, without a user, a password and a query")
	case endpoint.Scheme == "http" && !IsLoopback(endpoint.Hostname()):
		add(key+".url", "sends the authcode unencrypted; use https://")
	}
	if v.Authcode == "" && v.AuthcodeFile == "" {
		add(key, "needs authcode or authcode_file")
	}
	for _, number := range []struct {
		name            string
		value, min, max int
	}{
		{"per_page", v.PerPage, 1, 1000}, {"requests_per_minute", v.RequestsPerMinute, 1, 60_000},
		{"days_back", v.DaysBack, 1, 90}, {"alert_when_days_left", v.AlertWhenDaysLeft, 0, 365},
	} {
		if number.value < number.min || number.value > number.max {
			add(key+"."+number.name, "%d must be between %d and %d", number.value, number.min, number.max)
		}
	}
	if v.Schedule != "" {
		if _, err := schedule.Parse(v.Schedule, time.UTC, nil); err != nil {
			add(key+".schedule", "%w", err)
		}
	}
}

// ResolveVendorAPI returns the authcode and the secret of a source's vendor_api.
func (c *Config) ResolveVendorAPI(source Source) (authcode, secret string, err error) {
	key := fmt.Sprintf("source %s, vendor_api.", source.Name)
	v := source.VendorAPI
	if authcode, err = c.ResolveSecret(key+"authcode", v.Authcode, v.AuthcodeFile); err != nil {
		return "", "", err
	}
	if v.Secret != "" || v.SecretFile != "" {
		secret, err = c.ResolveSecret(key+"secret", v.Secret, v.SecretFile)
	}
	return authcode, secret, err
}
