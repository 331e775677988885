package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/notify"
	"callsheet/report"
)

const (
	summaryTimeout = time.Minute      // for one workbook; a page takes seconds
	summaryBudget  = 10 * time.Minute // for all workbooks of a run, so that a burst is not late because of its pictures
)

var errNoSummarySheet = errors.New("the template has no sheet of the kind summary\nhint: leave summary out of mail, or begin the template with such a sheet")

// summaryForm returns the form in which the mails of a delivery have the summary; none by default if only the figures are wanted, or
// for a burst, where the pictures would take longer than the workbooks.
func summaryForm(entry config.Report, d config.MailDelivery) string {
	if entry.Burst != "" || d.Attach != nil && !*d.Attach {
		return cmp.Or(d.Summary, "none")
	}
	return cmp.Or(d.Summary, notify.SummaryPicture)
}

// summaryForms returns the forms in which the mails and uploads of a report have its summary, and whether the configuration asks for one.
func summaryForms(entry config.Report) (forms []string, asked bool) {
	for _, d := range entry.Deliver {
		form, configured := "none", ""
		switch {
		case d.Mail != nil:
			form, configured = summaryForm(entry, *d.Mail), d.Mail.Summary
		case d.Webhook != nil:
			form, configured = cmp.Or(d.Webhook.Summary, "none"), d.Webhook.Summary
		}
		if form != "none" && !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
		asked = asked || form != "none" && configured != ""
	}
	return forms, asked
}

// CheckSummary returns why the summary that the configuration asks for cannot be part of a report's mails.
func CheckSummary(entry config.Report, definition *report.Definition) error {
	if forms, asked := summaryForms(entry); asked {
		return checkForms(forms, definition)
	}
	return nil
}

// checkForms returns why a summary cannot be written in some forms. Both begin with a PDF.
func checkForms(forms []string, definition *report.Definition) error {
	if !definition.HasSummary() {
		return errNoSummarySheet
	}
	if err := report.CheckLibreOffice(); err != nil || !slices.Contains(forms, notify.SummaryPicture) {
		return err
	}
	return report.CheckPoppler()
}

// removeSummaries removes the summaries of a workbook that is about to be replaced.
func removeSummaries(workbook string) error {
	for _, form := range []string{notify.SummaryPicture, notify.SummaryPDF} {
		if err := os.Remove(notify.SummaryPath(workbook, form)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// buildSummaries writes the summary of a workbook in the forms that the report's mails have. An error does not stop the report: the
// mails go without, and the log says so if the configuration asks for a summary or if the programs that make it are there.
func (p *Pipeline) buildSummaries(ctx context.Context, definition *report.Definition, entry config.Report, source report.Source, request report.Request, workbook string) {
	forms, asked := summaryForms(entry)
	if len(forms) == 0 {
		return
	}
	err := checkForms(forms, definition)
	if err != nil && !asked {
		return
	}
	start, limit := p.Now(), min(summaryTimeout, summaryBudget-p.summaryTime)
	if err == nil && limit <= 0 {
		err = fmt.Errorf("the summaries of this run have taken %s", summaryBudget)
	}
	if err == nil {
		limited, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		err = writeSummaries(limited, definition, forms, source, request, workbook)
		if err != nil && limited.Err() != nil && ctx.Err() == nil {
			err = fmt.Errorf("it took longer than %s", limit)
		}
		p.summaryTime += p.Now().Sub(start)
	}
	if err != nil {
		p.Log.Warn("mails go without the summary", "report", entry.Name, "workbook", workbook, "error", err)
	}
}

func writeSummaries(ctx context.Context, definition *report.Definition, forms []string, source report.Source, request report.Request, workbook string) error {
	pdf := notify.SummaryPath(workbook, notify.SummaryPDF)
	if err := definition.PDF(ctx, source, request, pdf); err != nil {
		return err
	}
	if !slices.Contains(forms, notify.SummaryPDF) {
		defer os.Remove(pdf)
	}
	if !slices.Contains(forms, notify.SummaryPicture) {
		return nil
	}
	return report.Picture(ctx, pdf, notify.SummaryPath(workbook, notify.SummaryPicture))
}

// summarySource caches the results that both a workbook and its summary need, but not the rows of detail sheets, which may be many.
type summarySource struct {
	*report.CachedSource
	source report.Source
}

func (c summarySource) Stream(ctx context.Context, name string, args map[string]any, header func([]string) error, row func([]any) error) error {
	return c.source.Stream(ctx, name, args, header, row)
}
