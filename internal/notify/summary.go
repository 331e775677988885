package notify

import (
	"os"
	"path"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// Forms in which a mail can have the summary, beside its figures as text.
const (
	SummaryPicture = "picture" // within the HTML
	SummaryPDF     = "pdf"     // attached
)

// SummaryPath returns where the summary of a workbook is written in a form, beside the workbook. So a run that was interrupted finds it.
func SummaryPath(workbook, form string) string {
	extension := map[string]string{SummaryPicture: ".png", SummaryPDF: ".pdf"}[form]
	return strings.TrimSuffix(workbook, ".xlsx") + ".summary" + extension
}

// enclosedSummary is the summary of a mail: its file, and what the templates need to know.
type enclosedSummary struct {
	Enclosed
	file, name, contentID string
}

// summary returns the summary in the form of the channel, if it was made.
func (m Mail) summary(d draft) enclosedSummary {
	e := enclosedSummary{Enclosed: Enclosed{Workbook: d.attach}}
	if d.textOnly || d.message.File == "" || m.Summary != SummaryPicture && m.Summary != SummaryPDF {
		return e
	}
	file := SummaryPath(d.message.File, m.Summary)
	if _, err := os.Stat(file); err != nil {
		return e
	}
	e.file, e.name = file, strings.TrimSuffix(d.message.fileName(""), ".xlsx")+path.Ext(file)
	if m.Summary == SummaryPDF {
		e.PDF = e.name
		return e
	}
	e.contentID = "summary-" + d.messageID()
	e.Picture = "cid:" + e.contentID
	return e
}

// add adds the file to a mail. A site's own HTML may not show the picture, which readers would list as an attachment then.
func (e enclosedSummary) add(msg *gomail.Msg, html string) {
	switch {
	case e.PDF != "":
		msg.AttachFile(e.file, named(e.name, "attachment", "application/pdf"))
	case e.Picture != "" && strings.Contains(html, e.Picture):
		msg.EmbedFile(e.file, named(e.name, "inline", "image/png"), gomail.WithFileContentID("<"+e.contentID+">"))
	}
}
