package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/atomicfile"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/notify"
	"callsheet/internal/pipeline"
)

// reportFlags are the flags of callsheet report.
type reportFlags struct {
	span                     periodFlags
	filters                  filterFlags
	out, pdf, asOf           string
	deliver, preview, asJSON bool
}

func reportCommand(a *app) *cobra.Command {
	flags := reportFlags{filters: filterFlags{}}
	command := &cobra.Command{
		Use:   "report NAME",
		Short: "Build one workbook now",
		Long: `report builds the workbook of a configured report, or of a built-in template by its name, from the published data, and
prints its path. The workbook appears complete or not at all. --pdf also converts its first sheet, where LibreOffice is
installed. A filter with a value that no call has is a warning: exit code 3. --deliver sends it through the report's channels, even
if the scheduler has sent it; --preview shows the mail and sends
nothing.`,
		Example: `  callsheet report daily
  callsheet report daily --period 2026-10-04 --group Sales --out sales.xlsx
  callsheet report weekly --period last-week --pdf summary.pdf
  callsheet report daily --period 2026-10-04 --as-of "2026-10-05 08:00"
  callsheet report daily --preview
  callsheet report monthly --period last-month --deliver`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			_, entry, err := pipeline.Definition(p.Config, args[0])
			if err != nil {
				return err
			}
			w, err := flags.workbook(args[0], p.Config, entry, a.now())
			if err != nil {
				return err
			}
			return a.report(c.Context(), p, entry, w, flags)
		},
	}
	flags.span.register(command)
	flags.filters.register(command)
	registerAsOf(command, &flags.asOf)
	command.Flags().StringVar(&flags.out, "out", "", "path of the workbook, .xlsx or a folder; default in data_dir/reports")
	command.Flags().StringVar(&flags.pdf, "pdf", "", "path for a PDF of the first sheet; needs LibreOffice")
	command.Flags().BoolVar(&flags.deliver, "deliver", false, "send it through the channels of the report's configuration")
	command.Flags().BoolVar(&flags.preview, "preview", false, "write the mail as NAME.html beside the workbook and print who would receive it")
	command.Flags().BoolVar(&flags.asJSON, "json", false, "print the result as JSON")
	command.MarkFlagsMutuallyExclusive("deliver", "preview")
	command.MarkFlagsMutuallyExclusive("json", "preview")
	return command
}

// workbook returns the workbook that the flags ask for.
func (f *reportFlags) workbook(report string, c *config.Config, entry config.Report, now time.Time) (w pipeline.WorkbookRequest, err error) {
	zone, err := time.LoadLocation(entry.Timezone)
	if err != nil {
		return w, err
	}
	w = pipeline.WorkbookRequest{Report: report, Out: f.out, PDF: f.pdf, ForMail: f.deliver || f.preview}
	if w.AsOf, err = parseAsOf(f.asOf, zone); err != nil {
		return w, exitcode.UsageError(err)
	}
	if w.Period, err = f.span.parse(cmp.Or(w.AsOf, now), zone, c.Zone(), entry.Period); err != nil {
		return w, exitcode.UsageError(err)
	}
	w.Filters, err = f.filters.parse()
	return w, err
}

// report builds a workbook, delivers it if asked to, and prints its path and where it was delivered. A delivery that failed is a warning.
func (a *app) report(ctx context.Context, p *pipeline.Pipeline, entry config.Report, w pipeline.WorkbookRequest, flags reportFlags) error {
	path, result, err := p.Build(ctx, w)
	if err != nil {
		return err
	}
	var delivered []string
	var failed error
	message := p.NewMessage(entry, w, path, result)
	if flags.deliver {
		delivered, failed = p.Deliver(ctx, entry, message)
	}
	if flags.asJSON {
		err = json.NewEncoder(a.stdout).Encode(map[string]any{
			"report": w.Report, "period": w.Period.String(), "file": path, "sha256": result.SHA256,
			"calls": result.Calls, "rows": result.Rows, "delivered": delivered,
		})
	} else {
		fmt.Fprintln(a.stdout, strings.Join(append([]string{path}, delivered...), "\n"))
		if flags.preview {
			err = a.preview(ctx, p, entry, message)
		}
	}
	if failed != nil {
		err = errors.Join(exitcode.WarningError(failed), err)
	}
	return errors.Join(err, a.checkFilters(ctx, p, entry, w))
}

// preview writes the mail beside the workbook and prints who would receive it.
func (a *app) preview(ctx context.Context, p *pipeline.Pipeline, entry config.Report, message notify.Message) error {
	texts, err := pipeline.MailTemplates(p.Config)
	if err != nil {
		return err
	}
	enclosed := notify.Enclosed{Workbook: true}
	picture := notify.SummaryPath(message.File, notify.SummaryPicture)
	if _, err := os.Stat(picture); err == nil {
		enclosed.Picture = url.PathEscape(filepath.Base(picture)) // beside the HTML
	}
	html, text, err := texts.Execute(message, enclosed)
	if err != nil {
		return err
	}
	path := strings.TrimSuffix(message.File, ".xlsx") + ".html"
	err = atomicfile.WriteReadable(path, func(w io.Writer) error {
		_, err := io.WriteString(w, html)
		return err
	})
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s\n\n%s", path, text)
	channels, err := p.Channels(entry)
	if err != nil {
		return err
	}
	recipients, err := pipeline.Recipients(ctx, channels)
	for _, recipient := range recipients {
		fmt.Fprintf(a.stdout, "would go to %s\n", recipient)
	}
	return err
}

// checkFilters returns a warning if the filters of a workbook have values that no call has.
func (a *app) checkFilters(ctx context.Context, p *pipeline.Pipeline, entry config.Report, w pipeline.WorkbookRequest) error {
	filters := map[string]string{}
	maps.Copy(filters, w.Filters)
	for key, value := range entry.Filters {
		filters[key] = cmp.Or(filters[key], value)
	}
	if len(filters) == 0 {
		return nil
	}
	reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{AsOf: w.AsOf})
	if err != nil {
		return err
	}
	return errors.Join(pipeline.CheckFilters(ctx, reader, filters), reader.Close())
}
