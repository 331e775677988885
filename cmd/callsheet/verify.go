package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/spool"
)

// maxListedDamage is how many damaged lines are listed. With more, the whole spool is damaged.
const maxListedDamage = 10_000

func verifyCommand(a *app) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "verify",
		Short: "Read the whole spool and check every line's checksum",
		Long: `verify reads every file of the spool, archives too, and what was fetched from the vendor's API, and checks that each line is a
JSON object and that its checksum matches, and that the vendor's lists have all their rows. Lines of older collectors and other tools have no checksum; they are counted separately. Damaged lines are listed
with file, line and offset, and the exit code is 3. It changes nothing and can run at the same time as the collector and loads.`,
		Example: `  callsheet verify
  callsheet verify --json | jq .damaged_lines`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			bar := display.NewProgress(a.stderr, "verifying", a.now)
			damaged := []spool.Damage{}
			counts, err := spool.Verify(c.Context(), p.Config.SpoolDir(), p.Config.Data(), func(d spool.Damage) {
				if len(damaged) < maxListedDamage {
					damaged = append(damaged, d)
				}
			}, bar.Bytes)
			bar.Finish()
			if err != nil {
				return err
			}
			slices.SortFunc(damaged, func(a, b spool.Damage) int {
				return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
			})
			if err := a.printVerified(counts, damaged, asJSON); err != nil {
				return err
			}
			if counts.Damaged > 0 {
				return exitcode.WarningError(fmt.Errorf("damaged: %s\nhint: restore the file from a backup; the other lines are loaded. A list of the vendor: callsheet reconcile fetches it again", display.Plural(int(counts.Damaged), "line")))
			}
			return nil
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the counts and the damaged lines as JSON")
	return command
}

func (a *app) printVerified(counts spool.Verified, damaged []spool.Damage, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(a.stdout).Encode(struct {
			spool.Verified
			DamagedLines []spool.Damage `json:"damaged_lines"`
		}{counts, damaged})
	}
	var errs []error
	for _, d := range damaged {
		_, err := fmt.Fprintln(a.stdout, display.Escape(d.String()))
		errs = append(errs, err)
	}
	_, err := fmt.Fprintf(a.stdout, "%s in %s: %s with a checksum, %s without, %s damaged\n",
		display.Plural(int(counts.Lines), "line"), display.Plural(int(counts.Files), "file"), display.Count(counts.Checked), display.Count(counts.Without), display.Count(counts.Damaged))
	return errors.Join(append(errs, err)...)
}
