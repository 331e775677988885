package pipeline

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"

	"callsheet/internal/config"
	"callsheet/internal/notify"
)

// webhook returns the channel of a webhook. Its secrets are read when it is used, so that other commands do not need them.
func (p *Pipeline) webhook(target config.WebhookTarget) (channel notify.Webhook, err error) {
	c := p.Config
	channel = notify.Webhook{
		Shape: target.Shape, Method: target.Method, Channel: target.Channel, Summary: target.Summary, Timeout: sendTimeout,
		URL:     func() (string, error) { return c.ResolveSecret("webhook.url", target.URL, target.URLFile) },
		Headers: func() (http.Header, error) { return c.ResolveHeaders(target) },
	}
	if target.Success != "" {
		channel.Success = regexp.MustCompile(target.Success) // validated
	}
	var text []byte
	if target.Shape == "template" {
		if text, err = os.ReadFile(c.Path(target.Template)); err != nil {
			return channel, fmt.Errorf("webhook.template: %w\nhint: callsheet template show telegram.tmpl prints one to begin with", err)
		}
		if channel.Template, err = notify.ParseWebhookTemplate(target.Template, string(text), target.ContentType(), target.Upload); err != nil {
			return channel, fmt.Errorf("webhook.template: %w", err)
		}
	}
	channel.Identity = identity(target, string(text))
	return channel, nil
}

// identity returns what tells apart two webhooks of one URL and shape.
func identity(target config.WebhookTarget, text string) string {
	parts := []string{target.Method, target.Channel, target.Upload, target.HeadersFile, target.Success, target.Template, target.Summary, text}
	for _, name := range slices.Sorted(maps.Keys(target.Headers)) {
		parts = append(parts, name+": "+string(target.Headers[name]))
	}
	if all := strings.Join(parts, "\x00"); strings.Trim(all, "\x00") != "" {
		return all
	}
	return ""
}
