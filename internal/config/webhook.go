package config

import "slices"

// WebhookTarget is the URL of a chat or another service.
type WebhookTarget struct {
	URL     Secret `yaml:"url"`
	URLFile string `yaml:"url_file"`
	Shape   string `yaml:"shape"`
}

// Shapes are the formats of a webhook's request.
var Shapes = []string{"json", "slack", "teams", "googlechat"}

func (w *WebhookTarget) checkEffect(add adder, key string) {
	switch {
	case w.URL == "" && w.URLFile == "":
		add(key, "needs url or url_file")
	case w.URL != "" && w.URLFile != "":
		add(key+".url_file", "does nothing beside url; leave one of them out")
	}
}

func (w *WebhookTarget) validate(add adder, key string) {
	if w.Shape != "" && !slices.Contains(Shapes, w.Shape) {
		add(key+".shape", mustBe(w.Shape, Shapes))
	}
}
