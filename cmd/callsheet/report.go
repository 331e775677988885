package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"callsheet/config"
	"callsheet/deliver"
)

func reportCommand(a *app) *cobra.Command {
	var span periodFlags
	var out, pdf, asOf string
	var send, asJSON bool
	filters := filterFlags{}
	command := &cobra.Command{
		Use:   "report NAME",
		Short: "Build one workbook now",
		Long: `report builds the workbook of a configured report, or of a built-in template by its own name, from the published
data, and prints its path. The workbook appears whole or not at all. --pdf also makes a page of its first sheet, where LibreOffice
is installed.`,
		Example: `  callsheet report daily
  callsheet report daily --period 2026-10-04 --group Sales --out sales.xlsx
  callsheet report weekly --period last-week --pdf summary.pdf
  callsheet report daily --period 2026-10-04 --as-of "2026-10-05 08:00"
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
			if send {
				if delivered, err = a.deliver(cfg, entry, path); err != nil {
					return needsALook(err)
				}
			}
			if !asJSON {
				fmt.Fprintln(a.stdout, path)
				for _, place := range delivered {
					fmt.Fprintln(a.stdout, place)
				}
				return nil
			}
			return json.NewEncoder(a.stdout).Encode(map[string]any{
				"report": args[0], "period": days.String(), "file": path, "sha256": result.SHA256,
				"calls": result.Calls, "rows": result.Rows, "delivered": delivered,
			})
		},
	}
	span.register(command)
	filters.register(command)
	registerAsOf(command, &asOf)
	command.Flags().StringVar(&out, "out", "", "path of the workbook; in data_dir/reports when not given")
	command.Flags().StringVar(&pdf, "pdf", "", "path of a PDF of the first sheet, made by LibreOffice")
	command.Flags().BoolVar(&send, "deliver", false, "deliver it as the report's configuration says")
	command.Flags().BoolVar(&asJSON, "json", false, "print the result as JSON")
	return command
}

// deliver puts a workbook into the folders of a report.
func (a *app) deliver(c *config.Config, entry config.Report, file string) ([]string, error) {
	folders, other := deliveries(c, entry)
	var places []string
	for _, folder := range folders {
		place, err := deliver.Folder(file, folder)
		if err != nil {
			return places, fmt.Errorf("delivering %s: %w", file, err)
		}
		places = append(places, place)
	}
	if len(other) > 0 {
		return places, fmt.Errorf("delivery by %s is not available in this version; the workbook is at %s", other[0], file)
	}
	return places, nil
}

// deliveries are the folders that a report goes to, and the ways that are not known yet.
func deliveries(c *config.Config, entry config.Report) (folders, other []string) {
	for _, way := range entry.Deliver {
		switch {
		case way.Folder != "":
			folders = append(folders, c.Path(way.Folder))
		case way.Mail != nil:
			other = append(other, "mail")
		case way.Bucket != "":
			other = append(other, "bucket")
		case way.Webhook != nil:
			other = append(other, "webhook")
		}
	}
	return folders, other
}
