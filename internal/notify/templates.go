package notify

import (
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
)

// MailTemplates are the templates of a mail's two bodies. Their data are the fields of a Message, Attached and Name.
type MailTemplates struct {
	html *htmltemplate.Template
	text *texttemplate.Template
}

// ParseMailTemplates parses both templates.
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
	Attached bool   // whether the workbook is attached
	Name     string // of the workbook
}

// Execute returns both bodies.
func (t MailTemplates) Execute(message Message, attached bool) (html, text string, err error) {
	data := mailData{message, attached, message.fileName("")}
	var h, p strings.Builder
	if err := t.html.Execute(&h, data); err != nil {
		return "", "", err
	}
	if err := t.text.Execute(&p, data); err != nil {
		return "", "", err
	}
	return h.String(), p.String(), nil
}
