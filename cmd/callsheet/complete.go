package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/shell"
	"callsheet/queries"
	"callsheet/store"
)

// completionTimeout bounds how long Tab waits for values from the database.
const completionTimeout = 2 * time.Second

// names completes an argument or the value of a flag with names, and with no files. What cannot be read has no names: Tab shows no
// errors.
func names(list func(c *cobra.Command) []string) cobra.CompletionFunc {
	return func(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
		return list(c), cobra.ShellCompDirectiveNoFileComp
	}
}

// firstName is names for a command with one argument.
func firstName(list func(c *cobra.Command) []string) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return list(c), cobra.ShellCompDirectiveNoFileComp
	}
}

func fixed(values ...string) func(*cobra.Command) []string {
	return func(*cobra.Command) []string { return values }
}

// addCompletions adds completions to the flags of every command and to the arguments of those that take names.
func addCompletions(a *app, root *cobra.Command) {
	arguments := map[string]func(*cobra.Command) []string{
		"query": func(*cobra.Command) []string {
			var list []string
			for _, query := range queries.All(a.userQueries()) {
				list = append(list, cobra.CompletionWithDesc(query.Name, query.Doc()))
			}
			return list
		},
		"report": a.configured(func(c *config.Config) []string {
			list := append(pipeline.ReportNames(c), pipeline.TemplateNames(c)...)
			slices.Sort(list)
			return slices.Compact(list)
		}),
		"run": a.configured(pipeline.ReportNames),
	}
	flags := map[string]func(*cobra.Command) []string{
		"format": fixed(shell.Formats...), "csv": fixed(shell.CSVModes...), "period": fixed(period.Names...), "direction": fixed(config.Directions...), "hours": fixed(config.NamedHours...),
		"date-order": fixed("dmy", "mdy"), "columns": a.queryColumns, "set": nil, "from": nil, "to": nil, "as-of": nil, "since": nil, "for": nil, "before": nil,
	}
	for _, filter := range []string{"group", "agent", "number", "campaign", "source"} {
		flags[filter] = func(c *cobra.Command) []string { return a.filterValues(c.Context(), filter) }
	}
	for _, command := range root.Commands() {
		if list, ok := arguments[command.Name()]; ok {
			command.ValidArgsFunction = firstName(list)
		} else if command.ValidArgsFunction == nil && command.Name() != "import" {
			command.ValidArgsFunction = cobra.NoFileCompletions
		}
		for flag, list := range flags {
			if command.Flags().Lookup(flag) == nil {
				continue
			}
			complete := cobra.CompletionFunc(cobra.NoFileCompletions)
			if list != nil {
				complete = names(list)
			}
			if err := command.RegisterFlagCompletionFunc(flag, complete); err != nil {
				panic(err) // the flag exists
			}
		}
	}
	completeWithoutPackage(a, root)
	if err := root.MarkPersistentFlagFilename("config", "yaml", "yml"); err != nil {
		panic(err)
	}
}

// configured returns names of the configuration, or those of an empty one if it cannot be read.
func (a *app) configured(list func(c *config.Config) []string) func(*cobra.Command) []string {
	return func(*cobra.Command) []string {
		c, err := config.Load(a.configPath)
		if err != nil {
			empty := config.Default()
			c = &empty
		}
		return list(c)
	}
}

func (a *app) userQueries() []queries.File {
	c, err := config.Load(a.configPath)
	if err != nil {
		return nil
	}
	return queries.User(c.UserQueries())
}

// filterValues returns the values that a filter can have.
func (a *app) filterValues(ctx context.Context, filter string) (values []string) {
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	p, err := a.open()
	if err != nil {
		return nil
	}
	reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{})
	if err != nil {
		return nil
	}
	defer reader.Close()
	values, _, _ = reader.FilterValues(ctx, filter, "")
	return values
}

// queryColumns returns the metrics, which are the columns that most queries have.
func (a *app) queryColumns(c *cobra.Command) (columns []string) {
	ctx := c.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	_ = store.Catalog(ctx, func(values []any) error { // without it there is nothing to complete
		columns = append(columns, fmt.Sprint(values[0]))
		return nil
	})
	return columns
}

// bashFallback is the function of the package bash-completion that cobra's script needs, for machines without it.
const bashFallback = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
    _get_comp_words_by_ref() {
        words=("${COMP_WORDS[@]}") cword=$COMP_CWORD cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
    }
fi
`

// completeWithoutPackage makes the script of completion bash work without the package bash-completion.
func completeWithoutPackage(a *app, root *cobra.Command) {
	bash, _, err := root.Find([]string{"completion", "bash"})
	if err != nil {
		panic(err) // cobra adds it
	}
	script := bash.RunE
	bash.RunE = func(c *cobra.Command, args []string) error {
		if _, err := fmt.Fprint(a.stdout, bashFallback); err != nil {
			return err
		}
		return script(c, args)
	}
}
