package notify

import (
	"fmt"
	htmltemplate "html/template"
	"slices"
	"strings"
	texttemplate "text/template"
)

// MailTemplates are the templates of a mail's two bodies. Their data are the fields of a Message, and those of mailData.
type MailTemplates struct {
	html *htmltemplate.Template
	text *texttemplate.Template
}

// ParseMailTemplates parses both templates.
func ParseMailTemplates(html, text string) (MailTemplates, error) {
	h, err := htmltemplate.New("mail.html").Funcs(htmltemplate.FuncMap{
		"lines": func(text string) []string { return strings.Split(text, "\n") },
		// html/template removes comments, and Outlook reads the conditional ones.
		"outlook": func(html string) htmltemplate.HTML { return htmltemplate.HTML("<!--[if mso]>" + html + "<![endif]-->") },
	}).Parse(html)
	if err != nil {
		return MailTemplates{}, err
	}
	t, err := texttemplate.New("mail.txt").Funcs(texttemplate.FuncMap{
		"table": textTable, "figures": textFigures,
	}).Parse(text)
	return MailTemplates{h, t}, err
}

// Enclosed is what a mail has beside its text.
type Enclosed struct {
	Workbook bool   // is attached
	Picture  string // URL of the summary as a picture; "" if there is none
	PDF      string // name of the attached summary; "" if there is none
}

type mailData struct {
	Message
	Attached bool             // whether the workbook is attached
	Name     string           // of the workbook
	Picture  htmltemplate.URL // of the summary, in the HTML
	PDF      string           // name of the summary, which is attached
}

// Execute returns both bodies.
func (t MailTemplates) Execute(message Message, with Enclosed) (html, text string, err error) {
	data := mailData{message, with.Workbook, message.fileName(""), htmltemplate.URL(with.Picture), with.PDF}
	data.Title, data.Part = oneLine(data.Title), oneLine(data.Part)
	var h, p strings.Builder
	if err := t.html.Execute(&h, data); err != nil {
		return "", "", err
	}
	if err := t.text.Execute(&p, data); err != nil {
		return "", "", err
	}
	return h.String(), p.String(), nil
}

// FullTitle is the title with the part and the filters, so that nobody takes a part for the whole.
func (d mailData) FullTitle() string {
	parts := []string{d.Title, d.Part, d.Filters}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), ", ")
}

// Check executes the templates for a report and for an alert, so that mistakes are found before a mail is due.
func (t MailTemplates) Check() error {
	for i, sample := range sampleMessages() {
		for first := sample.Figures; i == 0 && len(sample.Figures) < 12; { // a template may expect as many as a summary can have
			sample.Figures = append(sample.Figures, first...)
		}
		if _, _, err := t.Execute(sample, Enclosed{Workbook: sample.File != ""}); err != nil {
			if i > 0 {
				err = fmt.Errorf("for an alert, which has no figures: %w", err)
			}
			return err
		}
	}
	return nil
}

// Scope is the period, or what else an alert is about, and the zone.
func (d mailData) Scope() string {
	parts := []string{d.When}
	if d.Zone != "" {
		if d.Part == "" && d.Filters == "" {
			parts = append(parts, allCalls)
		}
		parts = append(parts, "times in "+d.Zone)
	}
	return strings.Join(parts, " · ")
}

// FirstFigures is the first figures in one line.
func (d mailData) FirstFigures() string {
	var parts []string
	for _, f := range d.Figures[:min(len(d.Figures), 3)] {
		parts = append(parts, f.Label+" "+f.Value)
	}
	return strings.Join(parts, ", ")
}

// Preview is what a list of mails shows beside the subject.
func (d mailData) Preview() string {
	switch {
	case d.Headline != "":
		return d.Headline
	case len(d.Findings) > 0 && len(d.Figures) > 0:
		return d.FirstFigures() + ". " + d.Findings[0].Text
	case len(d.Figures) == 0 && len(d.Notes) > 0:
		return d.Notes[0]
	}
	return d.FirstFigures()
}
