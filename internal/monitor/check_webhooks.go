package monitor

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/notify"
)

// reachTimeout is how long check waits for a server.
const reachTimeout = 10 * time.Second

// checkWebhooks checks that the URL of each webhook and heartbeat is known and that its server answers. It sends no message.
func (k *checker) checkWebhooks(ctx context.Context) {
	if len(k.Config.AlertTo) > 0 {
		_, err := k.AlertChannels()
		k.add("alert_to", err)
	}
	reached := map[string]bool{}
	check := func(key, url string, err error) {
		server := ""
		if err == nil {
			server, err = notify.WebhookServer(url)
		}
		if err != nil {
			k.add(key, err)
			return
		}
		if !reached[server] {
			reached[server] = true
			k.begin("server of webhooks " + server)
			k.warn("server of webhooks "+server, notify.Reach(ctx, server, reachTimeout))
		}
	}
	webhooks := k.Config.Webhooks()
	for _, key := range slices.Sorted(maps.Keys(webhooks)) {
		url, err := k.webhookURL(key, *webhooks[key])
		check(key, url, err)
	}
	for _, report := range k.Config.Reports {
		if report.Heartbeat != "" {
			url, err := report.Heartbeat.Resolve("heartbeat")
			check("report "+report.Name+", heartbeat", url, err)
		}
	}
}

func (k *checker) webhookURL(key string, webhook config.WebhookTarget) (string, error) {
	url, err := k.Config.ResolveSecret(key+".url", webhook.URL, webhook.URLFile)
	_, headerErr := k.Config.ResolveHeaders(webhook)
	return url, errors.Join(err, headerErr)
}
