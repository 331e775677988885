package notify

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sendTemplate sends messages through an example of templates/ to a server, and returns the last error. check is called for each request.
func sendTemplate(t *testing.T, file, upload string, check http.HandlerFunc, messages ...Message) (err error) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "templates", file))
	if err != nil {
		t.Fatal(err)
	}
	template, err := ParseWebhookTemplate(file, string(text), "", upload)
	if err != nil {
		t.Fatal(err)
	}
	requests := 0
	w := startWebhook(t, "template", func(w http.ResponseWriter, r *http.Request) {
		requests++
		check(w, r)
	})
	w.Template = template
	w.Headers = func() (http.Header, error) { return http.Header{"Authorization": {"Bearer t0ken"}}, nil }
	for _, message := range messages {
		if _, sendErr := w.Send(t.Context(), message, "there"); sendErr != nil {
			err = sendErr
		}
	}
	if requests != len(messages) {
		t.Errorf("%s: %d requests for %d messages", file, requests, len(messages))
	}
	return err
}

// templateMessages are a report, a part with texts that need escapes, a very long one, and an alert.
func templateMessages(t *testing.T) []Message {
	report := testMessage(t, "the workbook")
	report.Link = "https://files.example.com/d.xlsx?a=1&b=2"
	hostile := report
	hostile.Part = strings.Join(hostileTexts, " ")
	long := report
	for range 500 {
		long.Notes = append(long.Notes, "a note that is rather long, \"with quotes\" and 😀")
	}
	return []Message{report, hostile, long, {Report: "alert", Title: "callsheet needs attention", Period: "2026-10-05 12:00:00", When: "disk", Notes: []string{"the disk is \"full\"\nhint: look"}}}
}

// jsonRequest decodes a JSON request strictly.
func jsonRequest(t *testing.T, r *http.Request, into any) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json; charset=utf-8" || r.Header.Get("Authorization") != "Bearer t0ken" || r.ContentLength != int64(len(body)) {
		t.Errorf("%s %v, %v", r.Method, r.Header, err)
	}
	strictly(t, body, into)
}

// form reads a multipart form strictly: fields before one file, each name once. A length must be known.
func form(t *testing.T, r *http.Request, fileField string) (fields map[string]string, fileName, file string) {
	t.Helper()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.ContentLength != int64(len(body)) {
		t.Errorf("the length is %d and the body has %d bytes: %v", r.ContentLength, len(body), err)
	}
	media, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "multipart/form-data" {
		t.Fatalf("%q, %v", r.Header.Get("Content-Type"), err)
	}
	fields = map[string]string{}
	for reader := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := reader.NextRawPart()
		if err == io.EOF {
			return fields, fileName, file
		}
		if err != nil || file != "" {
			t.Fatalf("after the file: %v", err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			t.Fatal(err)
		}
		if part.FormName() == fileField {
			fileName, file = part.FileName(), string(text)
			continue
		}
		if _, again := fields[part.FormName()]; again || part.FileName() != "" {
			t.Errorf("the field %q is there twice, or is a file", part.FormName())
		}
		fields[part.FormName()] = string(text)
	}
}

func within(t *testing.T, what, text string, limit int) {
	t.Helper()
	if n := length(text); n < 1 || n > limit {
		t.Errorf("%s has %d characters of 1 to %d", what, n, limit)
	}
}

func TestTelegramTakesTheExample(t *testing.T) {
	var texts []string
	err := sendTemplate(t, "telegram.tmpl", "", func(w http.ResponseWriter, r *http.Request) {
		var message struct {
			ChatID int64  `json:"chat_id"`
			Text   string `json:"text"`
		}
		jsonRequest(t, r, &message)
		within(t, "text", message.Text, 4096)
		texts = append(texts, message.Text)
		io.WriteString(w, `{"ok":true,"result":{"message_id":1}}`)
	}, templateMessages(t)...)
	if err != nil || !strings.Contains(texts[0], "Calls offered: 1,234 ▲ 12 (1.0%), better\n") || !strings.Contains(texts[1], "R&D <!channel>") || texts[3] != "callsheet needs attention, disk\nthe disk is \"full\"\nhint: look" {
		t.Errorf("%v: %q", err, texts)
	}
}

func TestTelegramGetsTheWorkbook(t *testing.T) {
	var files []string
	err := sendTemplate(t, "telegram-document.tmpl", "document", func(w http.ResponseWriter, r *http.Request) {
		fields, name, file := form(t, r, "document")
		within(t, "caption", fields["caption"], 1024)
		if fields["chat_id"] != "-1001234567890" || len(fields) != 2 {
			t.Errorf("%v", fields)
		}
		files = append(files, name+": "+file)
		io.WriteString(w, `{"ok":true,"result":{}}`)
	}, templateMessages(t)...)
	if err != nil || len(files) != 4 || files[0] != "daily-2026-10-04.xlsx: the workbook" || !strings.HasPrefix(files[3], "alert-2026-10-05") ||
		!strings.HasSuffix(files[3], ".txt: callsheet needs attention, disk\nthe disk is \"full\"\nhint: look\n") {
		t.Errorf("%v: %q", err, files)
	}
}

// discordMessage is what Discord takes: https://docs.discord.com/developers/resources/webhook#execute-webhook-jsonform-params
type discordMessage struct {
	Content         string `json:"content"`
	AllowedMentions struct {
		Parse []string `json:"parse"`
	} `json:"allowed_mentions"`
}

func (m discordMessage) check(t *testing.T) {
	t.Helper()
	within(t, "content", m.Content, 2000)
	if m.AllowedMentions.Parse == nil || len(m.AllowedMentions.Parse) > 0 {
		t.Error("Discord mentions people")
	}
	if bare := regexp.MustCompile("(^|[^\\\\])(\\\\\\\\)*[*_~`|<@]").FindString(m.Content); bare != "" {
		t.Errorf("Discord formats %q in %q", bare, m.Content)
	}
}

func TestDiscordTakesTheExamples(t *testing.T) {
	err := sendTemplate(t, "discord.tmpl", "", func(w http.ResponseWriter, r *http.Request) {
		var message discordMessage
		jsonRequest(t, r, &message)
		message.check(t)
		w.WriteHeader(http.StatusNoContent)
	}, templateMessages(t)...)
	if err != nil {
		t.Error(err)
	}
	err = sendTemplate(t, "discord-file.tmpl", "files[0]", func(w http.ResponseWriter, r *http.Request) {
		fields, name, file := form(t, r, "files[0]")
		var message discordMessage
		strictly(t, []byte(fields["payload_json"]), &message)
		message.check(t)
		if len(fields) != 1 || name == "" || file == "" {
			t.Errorf("%v, %q, %q", fields, name, file)
		}
		io.WriteString(w, `{"id":"1"}`)
	}, templateMessages(t)...)
	if err != nil {
		t.Error(err)
	}
}

func TestWhatsAppTakesTheExample(t *testing.T) {
	err := sendTemplate(t, "whatsapp.tmpl", "", func(w http.ResponseWriter, r *http.Request) {
		var message struct {
			Product  string `json:"messaging_product"`
			To       string `json:"to"`
			Type     string `json:"type"`
			Template struct {
				Name     string `json:"name"`
				Language struct {
					Code string `json:"code"`
				} `json:"language"`
				Components []struct {
					Type       string `json:"type"`
					Parameters []struct {
						Type string `json:"type"`
						Text string `json:"text"`
					} `json:"parameters"`
				} `json:"components"`
			} `json:"template"`
		}
		jsonRequest(t, r, &message)
		all := ""
		for _, parameter := range message.Template.Components[0].Parameters {
			if strings.ContainsAny(parameter.Text, "\n\t") || strings.Contains(parameter.Text, "    ") || parameter.Text == "" {
				t.Errorf("(#132018) invalid parameter %q", parameter.Text)
			}
			all += parameter.Text
		}
		within(t, "message", all, 1024-20)
		io.WriteString(w, `{"messaging_product":"whatsapp","messages":[{"id":"wamid.x"}]}`)
	}, templateMessages(t)...)
	if err != nil {
		t.Error(err)
	}
}

func TestJiraTakesTheExample(t *testing.T) {
	err := sendTemplate(t, "jira.tmpl", "", func(w http.ResponseWriter, r *http.Request) {
		var issue struct {
			Fields struct {
				Project struct {
					Key string `json:"key"`
				} `json:"project"`
				IssueType struct {
					Name string `json:"name"`
				} `json:"issuetype"`
				Summary     string   `json:"summary"`
				Description struct { // https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
					Type    string `json:"type"`
					Version int    `json:"version"`
					Content []struct {
						Type    string `json:"type"`
						Content []struct {
							Type string `json:"type"`
							Text string `json:"text"`
						} `json:"content"`
					} `json:"content"`
				} `json:"description"`
			} `json:"fields"`
		}
		jsonRequest(t, r, &issue)
		within(t, "summary", issue.Fields.Summary, 255)
		block := issue.Fields.Description.Content[0]
		within(t, "description", block.Content[0].Text, 32767)
		if issue.Fields.Description.Version != 1 || block.Type != "codeBlock" {
			t.Errorf("%+v", issue)
		}
		if strings.Contains(issue.Fields.Summary, "\n") {
			t.Error("the summary has line breaks")
		}
		w.WriteHeader(http.StatusCreated)
		io.WriteString(w, `{"id":"10000","key":"OPS-1"}`)
	}, templateMessages(t)...)
	if err != nil {
		t.Error(err)
	}
}

// TestMistakesInTemplatesAreFoundBeforeSending names the file, the line and the remedy.
func TestMistakesInTemplatesAreFoundBeforeSending(t *testing.T) {
	for _, c := range []struct{ text, contentType, upload, want string }{
		{"{\n \"a\": {{json .Titel}}\n}", "", "", "chat.tmpl:2:"},
		{"{\n\n \"a\": {{jsn .Title}}\n}", "", "", "chat.tmpl:3: function \"jsn\" not defined"},
		{"{{if}}", "", "", "chat.tmpl:1:"},
		{"{\n \"a\": \"{{.Title}}\"\n}", "", "", "chat.tmpl: with a message, line 2 of the result is not JSON: "},
		{"{{with .Part}}{\"a\": {{json .}}}{{end}}", "", "", "with an alert or a message without a workbook, line 1 of the result is not JSON"},
		{"{\"a\": {{json (index .Figures 0).Label}}}", "", "", "index out of range"},
		{"{} {}", "application/json", "", "is not JSON"},
		{"{\"a\": 1,}", "application/vnd.api+json", "", "is not JSON"},
		{"[1]", "", "file", "the members are the fields of the form"},
		{"null", "", "file", "must be a JSON object"},
		{"text={{urlquery .Text}}", "", "", "is not JSON"},
	} {
		_, err := ParseWebhookTemplate("chat.tmpl", c.text, c.contentType, c.upload)
		if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "its members", "the members"), c.want) {
			t.Errorf("%s: %v, want %q", c.text, err, c.want)
		}
	}
	for _, contentType := range []string{"application/x-www-form-urlencoded", "text/plain; charset=utf-8", "application/xml"} {
		if _, err := ParseWebhookTemplate("chat.tmpl", "text={{urlquery .Text}}", contentType, ""); err != nil {
			t.Errorf("%s: %v", contentType, err)
		}
	}
}

func TestTemplateSendsAsConfigured(t *testing.T) {
	template, err := ParseWebhookTemplate("sms.tmpl", "text={{urlquery .Title}}", "application/x-www-form-urlencoded", "")
	if err != nil {
		t.Fatal(err)
	}
	answer := "queued"
	w := startWebhook(t, "template", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPut || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.PostFormValue("text") != "Daily call report" {
			t.Errorf("%s %v %v", r.Method, r.Header, r.PostForm)
		}
		io.WriteString(w, answer)
	})
	w.Template, w.Method, w.Success = template, http.MethodPut, regexp.MustCompile("^queued$")
	if _, err := w.Send(t.Context(), testMessage(t, "text"), "there"); err != nil {
		t.Error(err)
	}
	answer = `{"errors":[]}`
	if _, err := w.Send(t.Context(), testMessage(t, "text"), "there"); err == nil || !strings.Contains(err.Error(), "not that of success") || errors.Is(err, ErrUnknown) {
		t.Errorf("%v", err)
	}
}

func TestFormThatIsNotEscapedIsAMistake(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	for text, want := range map[string]string{
		"a={{urlquery .Text}}&b[]=x,y&c={{.Period}}": "",
		"a={{.ID}}%20%C3%A9+x":                       "",
		"a={{.Part}}&b=1":                            "' ' must be escaped\nhint: {{urlquery .Title}}",
		"a={{.When}}":                                "' ' must be escaped",
		"a={{urlquery .Title}}\n&b=1":                "line 1 of the result is not application/x-www-form-urlencoded: '\\n' must",
		"a=é":                                        "'é' must be escaped",
		"a=100%":                                     "'%' must be escaped",
		"a=100%2":                                    "'%' must be escaped",
		"a=%zz&b=1":                                  "'%' must be escaped",
		"a=<b>":                                      "'<' must be escaped",
	} {
		_, err := ParseWebhookTemplate("x.tmpl", text, form+"; charset=utf-8", "")
		if (err == nil) != (want == "") || err != nil && !strings.Contains(strings.Replace(err.Error(), "; charset=utf-8", "", 1), want) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := ParseWebhookTemplate("x.tmpl", "a b", "text/plain", ""); err != nil {
		t.Errorf("another type: %v", err)
	}
}

func TestFormFieldsKeepTheirKinds(t *testing.T) {
	template, err := ParseWebhookTemplate("x.tmpl", `{"text": {{json .Title}}, "number": 1e3, "yes": true, "none": null, "object": {"a": [1, "b"]}}`, "", "file")
	if err != nil {
		t.Fatal(err)
	}
	message := testMessage(t, "x")
	message.Report = "विक्रय \"x\"; y"
	sent, err := template.content(message, "")
	if err != nil {
		t.Fatal(err)
	}
	defer sent.close()
	r := httptest.NewRequest(http.MethodPost, "/", sent.body)
	r.Header.Set("Content-Type", sent.contentType)
	r.ContentLength = sent.length
	fields, name, file := form(t, r, "file")
	want := map[string]string{"text": "Daily call report", "number": "1e3", "yes": "true", "object": `{"a": [1, "b"]}`}
	if len(fields) != len(want) || name != message.fileName("") || file != "x" {
		t.Errorf("%q, %q, %q", fields, name, file)
	}
	for key := range want {
		if fields[key] != want[key] {
			t.Errorf("%s is %q", key, fields[key])
		}
	}
}

// TestSlackGetsTheWorkbook has a server that checks the three requests as Slack documents them.
func TestSlackGetsTheWorkbook(t *testing.T) {
	var calls []string
	var refuse string
	var address string
	w := startWebhook(t, "slackfile", func(w http.ResponseWriter, r *http.Request) {
		calls = append(calls, r.URL.Path)
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		if r.URL.Path == "/upload/v1/s3cret" {
			if r.Header.Get("Authorization") != "" || string(body) != "the workbook" || r.ContentLength != int64(len(body)) {
				t.Errorf("%v %q", r.Header, body)
			}
			io.WriteString(w, "OK - 12")
			return
		}
		if r.Header.Get("Authorization") != "Bearer xoxb-t0ken" || refuse == r.URL.Path {
			io.WriteString(w, `{"ok":false,"error":"invalid_auth"}`)
			return
		}
		switch r.URL.Path {
		case "/services/s3cret/files.getUploadURLExternal":
			if r.PostFormValue("filename") != "daily-2026-10-04.xlsx" || r.PostFormValue("length") != "12" {
				t.Errorf("%s", body)
			}
			json.NewEncoder(w).Encode(map[string]any{"ok": true, "upload_url": address + "/upload/v1/s3cret", "file_id": "F123"})
			return
		case "/services/s3cret/files.completeUploadExternal":
			var complete struct {
				Files     []struct{ ID, Title string } `json:"files"`
				ChannelID string                       `json:"channel_id"`
				Blocks    json.RawMessage              `json:"blocks"`
			}
			strictly(t, body, &complete)
			if len(complete.Files) != 1 || complete.Files[0].ID != "F123" || complete.ChannelID != "C123" || !strings.Contains(string(complete.Blocks), "Calls offered") {
				t.Errorf("%s", body)
			}
		case "/services/s3cret/chat.postMessage":
			var message map[string]any
			if err := json.Unmarshal(body, &message); err != nil || message["channel"] != "C123" || message["text"] == "" {
				t.Errorf("%s", body)
			}
		}
		io.WriteString(w, `{"ok":true}`)
	})
	api, _ := w.URL()
	address = strings.TrimSuffix(api, "/services/s3cret")
	w.Channel = "C123"
	w.Headers = func() (http.Header, error) { return http.Header{"Authorization": {"Bearer xoxb-t0ken"}}, nil }
	message := testMessage(t, "the workbook")
	if _, err := w.Send(t.Context(), message, "there"); err != nil || len(calls) != 3 {
		t.Errorf("%v, %v", err, calls)
	}
	message.File = ""
	if _, err := w.Send(t.Context(), message, "there"); err != nil || calls[3] != "/services/s3cret/chat.postMessage" {
		t.Errorf("%v, %v", err, calls)
	}
	for _, refuse = range []string{"/services/s3cret/files.getUploadURLExternal", "/services/s3cret/files.completeUploadExternal"} {
		_, err := w.Send(t.Context(), testMessage(t, "the workbook"), "there")
		if !errors.Is(err, ErrPermanent) || err.Error() != "the server refused the message: invalid_auth" {
			t.Errorf("%s: %v", refuse, err)
		}
	}
}

func TestUploadIsTheSummaryIfItWasMade(t *testing.T) {
	message := testMessage(t, "the workbook")
	write(t, SummaryPath(message.File, SummaryPicture), "a picture")
	for form, want := range map[string][3]string{
		"":             {"daily-2026-10-04.xlsx", workbookType, "the workbook"},
		SummaryPicture: {"daily-2026-10-04.png", "image/png", "a picture"},
		SummaryPDF:     {"daily-2026-10-04.xlsx", workbookType, "the workbook"}, // it was not made
	} {
		u, err := message.upload(form)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(u.body)
		u.body.Close()
		if got := [3]string{u.name, u.contentType, string(text)}; got != want || err != nil || u.length != int64(len(text)) {
			t.Errorf("%q: %q, %v", form, got, err)
		}
	}
}
