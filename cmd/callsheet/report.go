package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/atomicfile"
	"callsheet/internal/config"
	"callsheet/internal/notify"
)

func reportCommand(a *app) *cobra.Command {
	var span periodFlags
	var out, pdf, asOf string
	var send, preview, asJSON bool
	filters := filterFlags{}
	command := &cobra.Command{
		Use:   "report NAME",
		Short: "Build one workbook now",
		Long: `report builds the workbook of a configured report, or of a built-in template by its own name, from the published
data, and prints its path. The workbook appears whole or not at all. --pdf also makes a page of its first sheet, where LibreOffice
is installed. --deliver brings it to everybody, whatever the scheduler has sent; --preview shows the mail and sends nothing.`,
		Example: `  callsheet report daily
  callsheet report daily --period 2026-10-04 --group Sales --out sales.xlsx
  callsheet report weekly --period last-week --pdf summary.pdf
  callsheet report daily --period 2026-10-04 --as-of "2026-10-05 08:00"
  callsheet report daily --preview
  callsheet report monthly --period last-month --deliver`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			_, entry, err := a.definition(cfg, args[0])
			if err != nil {
				return err
			}
			zone, err := time.LoadLocation(entry.Timezone)
			if err != nil {
				return err
			}
			days, err := span.parse(a.now().In(zone), entry.Period)
			if err != nil {
				return usage(err)
			}
			w := workbook{report: args[0], period: days, out: out, pdf: pdf}
			if w.filters, err = filters.given(); err != nil {
				return err
			}
			if w.asOf, err = parseAsOf(asOf, zone); err != nil {
				return usage(err)
			}
			path, result, err := a.build(c.Context(), cfg, w)
			if err != nil {
				return err
			}
			var delivered []string
			var failed error
			message := newMessage(entry, w, path, result)
			if send {
				delivered, failed = a.deliver(c.Context(), cfg, entry, message)
			}
			if asJSON {
				err = json.NewEncoder(a.stdout).Encode(map[string]any{
					"report": args[0], "period": days.String(), "file": path, "sha256": result.SHA256,
					"calls": result.Calls, "rows": result.Rows, "delivered": delivered,
				})
			} else {
				fmt.Fprintln(a.stdout, strings.Join(append([]string{path}, delivered...), "\n"))
				if preview {
					err = a.preview(c.Context(), cfg, entry, message)
				}
			}
			if failed != nil {
				err = errors.Join(needsALook(failed), err)
			}
			return err
		},
	}
	span.register(command)
	filters.register(command)
	registerAsOf(command, &asOf)
	command.Flags().StringVar(&out, "out", "", "path of the workbook; in data_dir/reports when not given")
	command.Flags().StringVar(&pdf, "pdf", "", "path of a PDF of the first sheet, made by LibreOffice")
	command.Flags().BoolVar(&send, "deliver", false, "deliver it as the report's configuration says")
	command.Flags().BoolVar(&preview, "preview", false, "also write the mail as NAME.html beside the workbook and say to whom it would go")
	command.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	command.MarkFlagsMutuallyExclusive("deliver", "preview")
	command.MarkFlagsMutuallyExclusive("json", "preview")
	return command
}

// deliver brings a workbook to everybody, once and without the ledger: a person asked for it.
func (a *app) deliver(ctx context.Context, c *config.Config, entry config.Report, message notify.Message) ([]string, error) {
	channels, err := a.channels(c, entry)
	if err != nil {
		return nil, err
	}
	var places []string
	var errs []error
	for _, channel := range channels {
		recipients, err := channel.Recipients(ctx, "")
		errs = append(errs, err)
		for _, recipient := range recipients {
			place, err := channel.Send(ctx, message, recipient)
			if err != nil {
				errs = append(errs, fmt.Errorf("delivering %s to %s: %w", message.File, recipient, err))
				continue
			}
			places = append(places, place)
		}
	}
	return places, errors.Join(errs...)
}

// preview writes the mail that would go out beside the workbook, and says to whom.
func (a *app) preview(ctx context.Context, c *config.Config, entry config.Report, message notify.Message) error {
	texts, err := mailTemplates(c)
	if err != nil {
		return err
	}
	html, text, err := texts.Execute(message, true)
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
	channels, err := a.channels(c, entry)
	if err != nil {
		return err
	}
	for _, channel := range channels {
		recipients, err := channel.Recipients(ctx, "")
		if err != nil {
			return err
		}
		for _, recipient := range recipients {
			fmt.Fprintf(a.stdout, "would go to %s\n", recipient)
		}
	}
	return nil
}
