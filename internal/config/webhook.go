package config

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"callsheet/internal/lazyregexp"
)

// WebhookTarget is the URL of a chat or another service.
type WebhookTarget struct {
	URL         Secret            `yaml:"url"`
	URLFile     string            `yaml:"url_file"`
	Shape       string            `yaml:"shape"`
	Template    string            `yaml:"template"` // path of a file, of the shape template
	Method      string            `yaml:"method"`   // POST, PUT or PATCH
	Headers     map[string]Secret `yaml:"headers"`
	HeadersFile string            `yaml:"headers_file"` // lines as in Authorization: Bearer x
	Upload      string            `yaml:"upload"`       // field of a form for the workbook
	Summary     string            `yaml:"summary"`      // picture or pdf: upload the summary in this form instead
	Success     string            `yaml:"success"`      // regular expression that the answer must match
	Channel     string            `yaml:"channel"`      // of slackfile
}

// shapes are the formats of a webhook's request.
var shapes = []string{"json", "slack", "teams", "googlechat", "slackfile", "template"}

// slackAPI is the URL of the shape slackfile.
const slackAPI = "https://slack.com/api/"

func (w *WebhookTarget) checkEffect(add adder, key string) {
	if w.Shape == "slackfile" && w.URL == "" && w.URLFile == "" {
		w.URL = slackAPI
	}
	switch {
	case w.URL == "" && w.URLFile == "":
		add(key, "needs url or url_file")
	case w.URL != "" && w.URLFile != "":
		add(key+".url_file", "does nothing beside url; leave one of them out")
	}
	for _, only := range []struct{ key, value, shape string }{
		{"template", w.Template, "template"}, {"method", w.Method, "template"}, {"upload", w.Upload, "template"},
		{"success", w.Success, "template"}, {"channel", w.Channel, "slackfile"},
	} {
		if only.value != "" && w.Shape != only.shape {
			add(key+"."+only.key, "does nothing without shape: %s", only.shape)
		}
	}
}

// headerName is the form of the name of a header.
var headerName = lazyregexp.New("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// fixedHeaders are set by the connection.
var fixedHeaders = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection"}

func (w *WebhookTarget) validate(add adder, key string) {
	if w.Shape != "" && !slices.Contains(shapes, w.Shape) {
		add(key+".shape", mustBe(w.Shape, shapes))
	}
	if w.Shape == "template" && w.Template == "" {
		add(key+".template", "is missing: the path of a file with the request")
	}
	if w.Shape == "slackfile" && (w.Channel == "" || len(w.Headers) == 0 && w.HeadersFile == "") {
		add(key, "slackfile needs channel, the ID of a channel, and headers or headers_file with Authorization: Bearer and a bot's token")
	}
	if methods := []string{"POST", "PUT", "PATCH"}; w.Method != "" && !slices.Contains(methods, w.Method) {
		add(key+".method", mustBe(w.Method, methods))
	}
	if w.Summary != "" && w.Upload == "" && w.Shape != "slackfile" {
		add(key+".summary", "does nothing without upload or shape: slackfile")
	}
	if forms := []string{"picture", "pdf"}; w.Summary != "" && !slices.Contains(forms, w.Summary) {
		add(key+".summary", mustBe(w.Summary, forms))
	}
	if _, err := regexp.Compile(w.Success); err != nil {
		add(key+".success", "is not a regular expression")
	}
	for _, name := range slices.Sorted(maps.Keys(w.Headers)) {
		switch {
		case !headerName().MatchString(name):
			add(key+".headers", "a name is not that of a header, such as Authorization")
		case slices.Contains(fixedHeaders, http.CanonicalHeaderKey(name)):
			add(key+".headers", "%s cannot be set", http.CanonicalHeaderKey(name))
		case http.CanonicalHeaderKey(name) == "Content-Type" && w.Shape != "template":
			add(key+".headers", "Content-Type can be set with shape: template only")
		case http.CanonicalHeaderKey(name) == "Content-Type" && w.Upload != "":
			add(key+".headers", "Content-Type is multipart/form-data with upload, and cannot be set")
		}
	}
}

// ContentType returns the configured type of the request, empty for the default.
func (w *WebhookTarget) ContentType() string {
	for name, value := range w.Headers {
		if http.CanonicalHeaderKey(name) == "Content-Type" {
			return string(value)
		}
	}
	return ""
}

// ResolveHeaders returns the headers of a webhook, those of the configuration and those of its file. Errors do not contain the values.
func (c *Config) ResolveHeaders(w WebhookTarget) (http.Header, error) {
	header := http.Header{}
	set := func(key, name, value string) error {
		name, value = http.CanonicalHeaderKey(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch {
		case !headerName().MatchString(name) || slices.Contains(fixedHeaders, name):
			return fmt.Errorf("%s has a name of a header that cannot be set", key)
		case strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			return fmt.Errorf("%s: the value of %s has a control character, such as a line break", key, name)
		}
		header.Set(name, value)
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(w.Headers)) {
		value, err := w.Headers[name].Resolve("webhook.headers." + name)
		if err == nil {
			err = set("webhook.headers", name, value)
		}
		if err != nil {
			return nil, err
		}
	}
	if w.HeadersFile == "" {
		return header, nil
	}
	text, err := c.readSecretFile(w.HeadersFile)
	if err != nil {
		return nil, fmt.Errorf("webhook.headers_file: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		name, value, found := strings.Cut(line, ":")
		switch {
		case strings.TrimSpace(line) == "":
		case !found:
			return nil, fmt.Errorf("webhook.headers_file: a line is not a header such as Authorization: Bearer x")
		default:
			if err := set("webhook.headers_file", name, value); err != nil {
				return nil, err
			}
		}
	}
	return header, nil
}
