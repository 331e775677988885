package main

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/config"
)

func sqlCommand(a *app) *cobra.Command {
	var format string
	var limits limitFlags
	var session bool
	command := &cobra.Command{
		Use:   "sql [STATEMENT]",
		Short: "Run read-only SQL on the published data",
		Long: `sql runs one statement on the published copy, or the one on standard input. It can read what is published and nothing
else: no other file, no writing, no attaching, no extensions, no second statement. All tables, macros and named queries are
there, and temporary tables can be made at the prompt.

On a terminal and without STATEMENT it asks for statements, with history, completion and a pager for long results; .help there
tells more.`,
		Example: `  callsheet sql
  callsheet sql "from groups('2026-10-01', '2026-10-31')"
  callsheet sql "select outcome, count(*) from calls group by all" --format csv
  callsheet sql --memory 8GB --limit 1h "from call_versions order by received_at" >all.csv
  callsheet sql --format json <question.sql`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			out, err := newOutput(a.stdout, a.stderr, format)
			if err != nil {
				return usage(err)
			}
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if len(args) == 0 && isTerminal(os.Stdin) && isTerminal(a.stdout) {
				return a.prompt(c.Context(), cfg, out.format, limits)
			}
			switch {
			case session:
				return a.serveSession(c.Context(), cfg, limits.memory)
			case a.startsChildren():
				return limits.run(c.Context(), a)
			}
			statement, err := statementOf(args, os.Stdin)
			if err != nil {
				return usage(err)
			}
			return a.runSQL(c.Context(), cfg, statement, limits.memory, out)
		},
	}
	command.Flags().StringVar(&format, "format", "", formatHelp)
	command.Flags().BoolVar(&session, "session", false, "answer the prompt that started this process")
	if err := command.Flags().MarkHidden("session"); err != nil {
		panic(err)
	}
	limits.register(command)
	return command
}

// statementOf is the argument, else what stands on standard input.
func statementOf(args []string, stdin *os.File) (string, error) {
	const hint = "hint: write one, as in callsheet sql \"from calls limit 5\""
	if len(args) == 1 {
		if strings.TrimSpace(args[0]) == "" {
			return "", errors.New("the statement is empty\n" + hint)
		}
		return args[0], nil
	}
	if isTerminal(stdin) {
		return "", errors.New("no statement\n" + hint)
	}
	text, err := io.ReadAll(stdin)
	if err == nil && strings.TrimSpace(string(text)) == "" {
		err = errors.New("no statement\n" + hint)
	}
	return string(text), err
}

func (a *app) runSQL(ctx context.Context, c *config.Config, statement, memory string, out *output) error {
	a.holdLittle()
	reader, err := a.reader(ctx, c, time.Time{}, memory, 1)
	if err != nil {
		return err
	}
	defer reader.Close()
	if err := reader.StreamSQL(ctx, statement, out.header, out.row); err != nil {
		return err
	}
	return out.close()
}
