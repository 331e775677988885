package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"slices"
	"strings"
	"text/template"
	"unicode/utf8"

	"callsheet/internal/lazyregexp"
)

// WebhookTemplate is a template of a user for the body of a request. Its data are the fields of a Message, Name and Text.
type WebhookTemplate struct {
	file        string // for errors
	contentType string
	upload      string // field of a form for the workbook; empty without a form
	template    *template.Template
}

// templateFunctions are for texts in a request.
var templateFunctions = template.FuncMap{
	"json":     jsonText,
	"line":     oneLine,
	"cut":      cutLines,
	"markdown": escapeMarkdown,
}

// webhookData is what a template sees.
type webhookData struct {
	Message
	Name string // of the workbook; empty if there is none
}

// ParseWebhookTemplate parses a template and renders two samples, so that mistakes are found before a message is due. contentType is
// that of the request, JSON if empty. With upload, the result is a JSON object whose members are the other fields of a form.
func ParseWebhookTemplate(file, text, contentType, upload string) (*WebhookTemplate, error) {
	if contentType == "" {
		contentType = jsonType
	}
	parsed, err := template.New(file).Option("missingkey=error").Funcs(templateFunctions).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%w\nhint: the syntax is that of Go templates; functions beside theirs are %s", err, strings.Join(slices.Sorted(maps.Keys(templateFunctions)), ", "))
	}
	t := &WebhookTemplate{file, contentType, upload, parsed}
	for _, sample := range sampleMessages() {
		body, err := t.render(sample)
		if err == nil && t.upload != "" {
			_, err = t.fields(body)
		}
		if err != nil {
			return nil, err
		}
	}
	return t, nil
}

// sampleMessages are a message with every field, with texts that need quotes, and an alert, which has neither figures nor a workbook.
func sampleMessages() []Message {
	full := Message{
		Report: "daily", Title: "Daily \"call\" report", Period: "2026-10-04", When: "Sunday 4 October 2026", Part: "R&D <Sales> \\ 'x'", File: "daily.xlsx",
		SHA256: strings.Repeat("0", 64), ID: "sample", Headline: "1,234 calls offered, 81.8% answered.", Figures: []Figure{{"Calls offered", "1,234", "▲ 12, better"}, {"Answer rate", "81.8%", ""}},
		Notes: []string{"Data complete through 5 Oct 2026 07:58", "two\nlines"}, Link: "https://files.example.com/daily.xlsx",
		Filters: "only incoming calls", Zone: "Asia/Kolkata", ComparedWith: "Saturday 3 October 2026",
		Findings: []Finding{{"Sales answers \"less\" than others", "Groups"}},
		Groups:   &Table{"By group", []string{"Group", "Calls"}, [][]string{{"R&D", "12"}}, []string{"All", "12"}, ""},
	}
	return []Message{full, {Report: "alert", Title: "callsheet needs attention", Period: "2026-10-05", When: "disk", Notes: []string{"the disk is full"}}}
}

func (m Message) workbookName() string {
	if m.File == "" {
		return ""
	}
	return m.fileName("")
}

// render returns the result of the template, which is JSON if the request is.
func (t *WebhookTemplate) render(message Message) ([]byte, error) {
	var out bytes.Buffer
	if err := t.template.Execute(&out, webhookData{message, message.workbookName()}); err != nil {
		return nil, fmt.Errorf("%w\nhint: docs/delivery.md lists the fields; an alert has no figures and no groups, so {{with .Groups}} or {{range .Figures}} around theirs", err)
	}
	body := bytes.TrimSpace(out.Bytes())
	if t.upload == "" && !isJSON(t.contentType) {
		return body, t.checkForm(body)
	}
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		line := 1
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			line += bytes.Count(body[:min(int(syntax.Offset), len(body))], []byte("\n"))
		}
		what := "a message"
		if message.File == "" {
			what = "an alert or a message without a workbook"
		}
		return nil, fmt.Errorf("%s: with %s, line %d of the result is not JSON: %w\nhint: {{json .Title}} writes a text with its quotes", t.file, what, line, err)
	}
	return body, nil
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// notInForm matches what the fields of a form cannot have as it is. A & in a text would begin another field, so the samples have other
// characters of these beside it.
var notInForm = lazyregexp.New(`[^!$'()*,\-./0-9:;=?@A-Z_a-z~&%+\[\]]|%(?:[^0-9A-Fa-f]|.[^0-9A-Fa-f]|.?$)`)

// checkForm returns an error if the result is to be a form and is not.
func (t *WebhookTemplate) checkForm(body []byte) error {
	if media, _, err := mime.ParseMediaType(t.contentType); err != nil || media != "application/x-www-form-urlencoded" {
		return nil
	}
	if at := notInForm().FindIndex(body); at != nil {
		character, _ := utf8.DecodeRune(body[at[0]:])
		return fmt.Errorf("%s: line %d of the result is not %s: %q must be escaped\nhint: {{urlquery .Title}} writes a text; all fields are in one line, as in a=1&b=2",
			t.file, 1+bytes.Count(body[:at[0]], []byte("\n")), t.contentType, character)
	}
	return nil
}

// content returns the body of the request for a message, with the workbook or a form of its summary.
func (t *WebhookTemplate) content(message Message, summary string) (content, error) {
	body, err := t.render(message)
	if err != nil || t.upload == "" {
		return bytesContent(t.contentType, body), err
	}
	fields, err := t.fields(body)
	if err != nil {
		return content{}, err
	}
	file, err := message.upload(summary)
	if err != nil {
		return content{}, err
	}
	return formContent(fields, t.upload, file), nil
}

// fields returns the members of a JSON object as fields of a form: texts as they are, and everything else as JSON.
func (t *WebhookTemplate) fields(body []byte) (fields [][2]string, err error) {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(body, &object); err != nil || object == nil {
		return nil, fmt.Errorf("%s: with upload, the result must be a JSON object: its members are the fields of the form", t.file)
	}
	for name, value := range object {
		text := string(value)
		if text == "null" {
			continue
		}
		_ = json.Unmarshal(value, &text) // which stays if it is no text
		fields = append(fields, [2]string{name, text})
	}
	slices.SortFunc(fields, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
	return fields, nil
}

// cutLines returns the first lines of a text that fit a number of characters, and says how many do not. One long line is cut, too.
func cutLines(limit int, text string) string {
	whole := func(text string) string { return text }
	lines := fit(strings.Split(text, "\n"), func(lines []string) bool { return length(strings.Join(lines, "\n")) <= limit })
	if len(lines) == 1 {
		return cut(text, limit, whole)
	}
	return strings.Join(lines, "\n")
}

// jsonText returns a value as JSON, a text with its quotes.
func jsonText(value any) (string, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return strings.TrimSpace(out.String()), err
}

// escapeMarkdown keeps Markdown, as Discord and Mattermost read it, from formatting a text.
func escapeMarkdown(text string) string {
	return markdownLine().ReplaceAllString(markdownCharacters().ReplaceAllString(text, `\$0`), `$1\$2`)
}

var (
	markdownCharacters = lazyregexp.New("[\\\\`*_~|<@\\[\\]]")
	markdownLine       = lazyregexp.New(`(?m)^(\s*\d*)([-+#>.)])`) // quotes, lists and headings
)
