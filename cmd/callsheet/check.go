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
		Long: `check looks for problems before they cause a failure: in the configuration, the tokens, the folders, every named query, every
report's template and the published data. It changes nothing.`,
		Example: `  callsheet check
  callsheet check --json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			findings := monitor.Check(c.Context(), p)
			if err := c.Context().Err(); err != nil {
				return err
			}
			if asJSON {
				if err := json.NewEncoder(a.stdout).Encode(findings); err != nil {
					return err
				}
			} else {
				a.printFindings(findings)
			}
			return checkResult(findings)
		},
	}
	command.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	return command
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
