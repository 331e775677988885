package monitor

import (
	"context"
	"maps"
	"slices"
	"time"

	"callsheet/internal/notify"
)

// reachTimeout is how long check waits for a server.
const reachTimeout = 10 * time.Second

// checkWebhooks checks that the URL of each webhook is known and that its server answers. It sends no message.
func (k *checker) checkWebhooks(ctx context.Context) {
	if len(k.Config.AlertTo) > 0 {
		_, err := k.AlertChannels()
		k.add("alert_to", err)
	}
	reached := map[string]bool{}
	webhooks := k.Config.Webhooks()
	for _, key := range slices.Sorted(maps.Keys(webhooks)) {
		url, err := k.Config.ResolveSecret(key+".url", webhooks[key].URL, webhooks[key].URLFile)
		if err == nil {
			_, err = k.Config.ResolveHeaders(*webhooks[key])
		}
		server := ""
		if err == nil {
			server, err = notify.WebhookServer(url)
		}
		if err != nil {
			k.add(key, err)
			continue
		}
		if !reached[server] {
			reached[server] = true
			k.begin("webhooks at " + server)
			k.warn("webhooks at "+server, notify.Reach(ctx, server, reachTimeout))
		}
	}
}
