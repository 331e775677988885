package config

import (
	"fmt"
	"net/mail"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// AlertTarget is a recipient of alerts: a mail address, written as a text, or a webhook.
type AlertTarget struct {
	Address string         `yaml:"-"`
	Webhook *WebhookTarget `yaml:"webhook"`
}

// UnmarshalYAML decodes a text or a mapping.
func (t *AlertTarget) UnmarshalYAML(node ast.Node) error {
	if node.Type() == ast.MappingType || node.Type() == ast.MappingValueType {
		type plain AlertTarget
		return yaml.NodeToValue(node, (*plain)(t), yaml.Strict())
	}
	return yaml.NodeToValue(node, &t.Address, yaml.Strict())
}

func (c *Config) validateAlerts(add adder) {
	for i, target := range c.AlertTo {
		key := fmt.Sprintf("alert_to[%d]", i)
		if target.Webhook != nil {
			target.Webhook.validate(add, key+".webhook")
			if target.Webhook.Summary != "" {
				add(key+".webhook.summary", "does nothing, because an alert has no workbook")
			}
			continue
		}
		if _, err := mail.ParseAddress(target.Address); err != nil {
			add(key, "is neither a mail address, such as ops@example.com, nor {webhook: …}") // the value may be a secret URL
		}
		if c.Mail.Host == "" || c.Mail.From == "" {
			add(key, "needs mail.host and mail.from")
		}
	}
}

// Webhooks returns the webhooks of reports and alerts, by key.
func (c *Config) Webhooks() map[string]*WebhookTarget {
	all := map[string]*WebhookTarget{}
	for i, report := range c.Reports {
		for j, d := range report.Deliver {
			if d.Webhook != nil {
				all[fmt.Sprintf("reports[%d].deliver[%d].webhook", i, j)] = d.Webhook
			}
		}
	}
	for i, target := range c.AlertTo {
		if target.Webhook != nil {
			all[fmt.Sprintf("alert_to[%d].webhook", i)] = target.Webhook
		}
	}
	return all
}
