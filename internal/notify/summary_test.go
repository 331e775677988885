package notify

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"regexp"
	"strings"
	"testing"
)

// structure returns the types of a mail's parts, as multipart/mixed[a b].
func structure(t *testing.T, contentType string, body io.Reader) string {
	t.Helper()
	kind, parameters, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return kind
	}
	var kinds []string
	for parts := multipart.NewReader(body, parameters["boundary"]); ; {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return kind + "[" + strings.Join(kinds, " ") + "]"
		}
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, structure(t, part.Header.Get("Content-Type"), part))
	}
}

// composed returns a mail whose workbook has a summary as a picture and as a PDF.
func composed(t *testing.T, form string, change func(*Mail, *draft)) []byte {
	t.Helper()
	message := testMessage(t, "a workbook")
	for _, form := range []string{SummaryPicture, SummaryPDF} {
		write(t, SummaryPath(message.File, form), form+" of the summary")
	}
	m := Mail{Templates: builtInTemplates(t), Summary: form, Server: MailServer{From: "reports@example.com"}}
	d, err := m.draft(t.Context(), message, "a@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&m, &d)
	}
	content, err := m.compose(d, false)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestSummaryIsPartOfTheMail(t *testing.T) {
	const workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	for name, c := range map[string]struct {
		form   string
		change func(*Mail, *draft)
		want   string
	}{
		"picture": {SummaryPicture, nil, "multipart/mixed[multipart/related[multipart/alternative[text/plain text/html] image/png] " + workbook + "]"},
		"picture without the workbook": {SummaryPicture, func(_ *Mail, d *draft) { d.attach = false },
			"multipart/related[multipart/alternative[text/plain text/html] image/png]"},
		"pdf":  {SummaryPDF, nil, "multipart/mixed[multipart/alternative[text/plain text/html] application/pdf " + workbook + "]"},
		"none": {"none", nil, "multipart/mixed[multipart/alternative[text/plain text/html] " + workbook + "]"},
		"not made": {SummaryPicture, func(_ *Mail, d *draft) { os.Remove(SummaryPath(d.message.File, SummaryPicture)) },
			"multipart/mixed[multipart/alternative[text/plain text/html] " + workbook + "]"},
		"no workbook": {SummaryPicture, func(_ *Mail, d *draft) { d.message.File, d.attach = "", false }, "multipart/alternative[text/plain text/html]"},
		"text only":   {SummaryPDF, func(_ *Mail, d *draft) { d.textOnly, d.attach = true, false }, "multipart/alternative[text/plain text/html]"},
		"own HTML without a picture": {SummaryPicture, func(m *Mail, _ *draft) {
			own, err := ParseMailTemplates("<p>{{.Title}}</p>", "{{.Title}}")
			if err != nil {
				t.Fatal(err)
			}
			m.Templates = own
		}, "multipart/mixed[multipart/alternative[text/plain text/html] " + workbook + "]"},
	} {
		message, err := mail.ReadMessage(bytes.NewReader(composed(t, c.form, c.change)))
		if err != nil {
			t.Fatal(err)
		}
		if got := structure(t, message.Header.Get("Content-Type"), message.Body); got != c.want {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

// TestPictureIsShownWithinTheMail: the HTML names the part by its Content-ID, and says the figures to those who see no pictures.
func TestPictureIsShownWithinTheMail(t *testing.T) {
	content := composed(t, SummaryPicture, nil)
	parts := parseMail(t, content).parts
	id := regexp.MustCompile(`Content-Id: <(\S+@example\.com)>`).FindSubmatch(content)
	if id == nil {
		t.Fatalf("no Content-ID in\n%s", content)
	}
	if text := parts["text/html"]; !strings.Contains(text, `src="cid:`+string(id[1])+`"`) || !strings.Contains(text, `alt="Summary: Calls offered 1,234, Answer rate 81.8%"`) {
		t.Errorf("the HTML is\n%s", text)
	}
	if got := parts["daily-2026-10-04.png"]; got != "picture of the summary" {
		t.Errorf("the picture is %q; parts %q", got, parts)
	}
	pdf := parseMail(t, composed(t, SummaryPDF, nil)).parts
	if pdf["daily-2026-10-04.pdf"] != "pdf of the summary" || !strings.Contains(pdf["text/plain"], "Summary attached as PDF: daily-2026-10-04.pdf") {
		t.Errorf("got %q", pdf)
	}
}

// TestSummaryCountsForTheLimit: a mail that is too large with the workbook is also too large with a large summary.
func TestSummaryCountsForTheLimit(t *testing.T) {
	for limit, want := range map[int64]string{60_000: "text/plain text/html", 400_000: "image/png"} {
		box := startFakeSMTP(t, "none", nil)
		m := box.channel(t, "none")
		m.Summary, m.Server.MaxAttachment = SummaryPicture, limit
		message := testMessage(t, strings.Repeat("x", 300_000))
		write(t, SummaryPath(message.File, SummaryPicture), strings.Repeat("y", 100_000))
		if _, err := m.Send(t.Context(), message, "a@example.com"); err != nil && !errors.Is(err, ErrWarning) {
			t.Fatal(err)
		}
		arrived := box.arrived["a@example.com"][0]
		read, err := mail.ReadMessage(bytes.NewReader(arrived))
		if err != nil {
			t.Fatal(err)
		}
		if got := structure(t, read.Header.Get("Content-Type"), read.Body); !strings.Contains(got, want) || strings.Contains(got, "sheet") || int64(len(arrived)) > limit {
			t.Errorf("limit %d: %d bytes, %s", limit, len(arrived), got)
		}
	}
}
