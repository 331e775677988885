package notify

import (
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
)

// MailTexts are the bodies of a mail, as templates over a parcel and whether the workbook is attached.
type MailTexts struct {
	html *htmltemplate.Template
	text *texttemplate.Template
}

// ParseMailTexts reads both.
func ParseMailTexts(html, text string) (MailTexts, error) {
	h, err := htmltemplate.New("mail.html").Parse(html)
	if err != nil {
		return MailTexts{}, err
	}
	t, err := texttemplate.New("mail.txt").Parse(text)
	return MailTexts{h, t}, err
}

type mailFields struct {
	Parcel
	Attached bool
	Name     string // of the workbook
}

// Fill gives both bodies.
func (t MailTexts) Fill(parcel Parcel, attached bool) (html, text string, err error) {
	fields := mailFields{parcel, attached, parcel.name("")}
	var h, p strings.Builder
	if err := t.html.Execute(&h, fields); err != nil {
		return "", "", err
	}
	if err := t.text.Execute(&p, fields); err != nil {
		return "", "", err
	}
	return h.String(), p.String(), nil
}
