package notify

import (
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
)

// MailTemplates are the bodies of a mail, as templates over a message and whether the workbook is attached.
type MailTemplates struct {
	html *htmltemplate.Template
	text *texttemplate.Template
}

// ParseMailTemplates reads both.
func ParseMailTemplates(html, text string) (MailTemplates, error) {
	h, err := htmltemplate.New("mail.html").Parse(html)
	if err != nil {
		return MailTemplates{}, err
	}
	t, err := texttemplate.New("mail.txt").Parse(text)
	return MailTemplates{h, t}, err
}

type mailData struct {
	Message
	Attached bool
	Name     string // of the workbook
}

// Execute gives both bodies.
func (t MailTemplates) Execute(message Message, attached bool) (html, text string, err error) {
	fields := mailData{message, attached, message.fileName("")}
	var h, p strings.Builder
	if err := t.html.Execute(&h, fields); err != nil {
		return "", "", err
	}
	if err := t.text.Execute(&p, fields); err != nil {
		return "", "", err
	}
	return h.String(), p.String(), nil
}
