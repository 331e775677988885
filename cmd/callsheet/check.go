package main

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/monitor"
)

func checkCommand(a *app) *cobra.Command {
	var asJSON bool
	command := &cobra.Command{
		Use:   "check",
		Short: "Check the configuration, templates, queries and folders",
		Long: `check looks for problems before they cause a failure: in the configuration, the tokens, the folders, the reports, the site's
own queries and templates, the mail server, the vendor's API, and the published data. It changes and sends nothing.`,
		Example: `  callsheet check
  callsheet check --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			if !a.startsChildren() {
				findings := monitor.Check(c.Context(), p, func(done monitor.Progress) {
					_ = a.parent.Send(done) // the end of the process says so, too
				})
				if err := c.Context().Err(); err != nil {
					return err
				}
				return a.finishCheck(findings, asJSON)
			}
			findings, err := a.checkInChild(c.Context(), p)
			if err != nil {
				return err
			}
			return a.finishCheck(findings, asJSON)
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return command
}

// finishCheck prints the findings, unless the parent process does.
func (a *app) finishCheck(findings []monitor.Finding, asJSON bool) error {
	switch {
	case a.parent != nil:
		return nil
	case asJSON:
		if err := json.NewEncoder(a.stdout).Encode(findings); err != nil {
			return err
		}
	default:
		a.printFindings(findings)
	}
	return checkResult(findings)
}

func (a *app) printFindings(findings []monitor.Finding) {
	for _, f := range findings {
		mark, text := "ok     ", f.What
		if !f.OK {
			mark = "PROBLEM"
		}
		if f.Note != "" {
			text += ": " + f.Note
		}
		fmt.Fprintf(a.stdout, "%s  %s\n", mark, display.EscapeLines(text))
	}
}

// checkResult returns the error of findings with problems: a warning if all of them only need a look.
func checkResult(findings []monitor.Finding) error {
	problems, warnings := 0, 0
	for _, f := range findings {
		if !f.OK {
			problems++
		}
		if !f.OK && f.IsWarning {
			warnings++
		}
	}
	if problems == 0 {
		return nil
	}
	err := fmt.Errorf("%d of %s found a problem", problems, display.Plural(len(findings), "check"))
	if problems == warnings {
		return exitcode.WarningError(err)
	}
	return err
}
