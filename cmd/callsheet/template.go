package main

import (
	"fmt"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"callsheet/internal/exitcode"
	"callsheet/internal/pipeline"
	"callsheet/internal/suggest"
	"callsheet/templates"
)

func templateCommand(a *app) *cobra.Command {
	command := &cobra.Command{
		Use:   "template",
		Short: "List the templates of workbooks, mails and webhooks, or show one",
		Long: `template lists the templates. template show prints a built-in one, to begin your own with: a copy in the folder templates beside the
configuration is used instead of the built-in one of the same name, and under another name it is another template. The .tmpl files are
examples of requests of webhooks, for the key template.`,
		Example: `  callsheet template
  callsheet template show daily >templates/mine.yaml
  callsheet template show telegram.tmpl >telegram.tmpl`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			for _, name := range templateFiles() {
				fmt.Fprintln(a.stdout, name)
			}
			return nil
		},
	}
	command.AddCommand(&cobra.Command{
		Use:     "show NAME",
		Short:   "Print a built-in template",
		Example: `  callsheet template show daily`,
		Args:    cobra.ExactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return templateFiles(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			text, err := templates.FS.ReadFile(args[0])
			if err != nil {
				text, err = templates.FS.ReadFile(args[0] + ".yaml")
			}
			if err != nil {
				return exitcode.UsageError(fmt.Errorf("no built-in template %q%s", args[0], suggest.Hint(args[0], templateFiles(), "the templates are")))
			}
			_, err = a.stdout.Write(text)
			return err
		},
	})
	return command
}

// templateFiles returns the names of the built-in templates: those of workbooks, then the files of mails and of webhooks.
func templateFiles() []string {
	mails, _ := fs.Glob(templates.FS, "mail.*")
	webhooks, _ := fs.Glob(templates.FS, "*.tmpl")
	return slices.Concat(pipeline.BuiltInTemplates(), mails, webhooks)
}
