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
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/pipeline"
	"callsheet/internal/shell"
	"callsheet/store"
)

// sqlFlags are the flags of callsheet sql.
type sqlFlags struct {
	format, csvMode, db string
	limits              shell.Limits
	session             bool
	maxRows             uint32
}

func sqlCommand(a *app) *cobra.Command {
	var flags sqlFlags
	command := &cobra.Command{
		Use:   "sql [STATEMENT]",
		Short: "Run read-only SQL on the published data",
		Long: `sql runs one statement, the argument or standard input, on the published copy. The statement can read the published data and
nothing else: no other file, no writing, no attaching, no extensions, no second statement. All tables, macros and named queries
are available, and temporary tables can be created at the prompt, unless store has publish: false or a lake. Each run reads the newest
data; the prompt turns to newer data between two statements. docs/analysts.md says how other clients see newer data.

With --db it reads that published file and no configuration, so that an analyst needs no access to the tokens in it.

On a terminal and without STATEMENT it starts a prompt with history, completion and a pager for long results; .help there lists
its commands.`,
		Example: `  callsheet sql
  callsheet sql "from groups('2026-10-01', '2026-10-31')"
  callsheet sql "select outcome, count(*) from calls group by all" --format csv
  callsheet sql --memory 8GB --limit 1h "from call_versions order by last_received_at" >all.csv
  callsheet sql --format json <question.sql
  callsheet sql --db /var/lib/callsheet/published/calls.duckdb "from calls limit 5"`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			out, err := a.newWriter(flags.format, flags.csvMode)
			if err != nil {
				return err
			}
			out.MaxRows = int(flags.maxRows)
			p, err := a.openForReading(c.Context(), flags.db)
			if err != nil {
				return err
			}
			switch {
			case len(args) == 0 && display.IsTerminal(os.Stdin) && display.IsTerminal(a.stdout):
				prompt := a.newPrompt(p.Config, flags, out.Format())
				return prompt.Run(c.Context())
			case flags.session:
				session := a.newSession(p, flags.limits.Memory)
				return session.Serve(c.Context(), os.Stdin)
			case a.startsChildren():
				return flags.limits.Run(c.Context(), a.args, fileOf(a.stdout), a.stderr)
			}
			statement, err := statementOf(args, os.Stdin)
			if err != nil {
				return exitcode.UsageError(err)
			}
			return a.runSQL(c.Context(), p, statement, flags.limits.Memory, out)
		},
	}
	command.Flags().StringVar(&flags.format, "format", "", shell.FormatHelp)
	command.Flags().StringVar(&flags.csvMode, "csv", "", shell.CSVHelp)
	registerDatabase(command, &flags.db)
	registerMaxRows(command, &flags.maxRows)
	command.Flags().BoolVar(&flags.session, "session", false, "serve the prompt that started this process")
	if err := command.Flags().MarkHidden("session"); err != nil {
		panic(err)
	}
	registerLimits(command, &flags.limits)
	return command
}

// newPrompt returns the prompt, which starts this program again as the session that runs its statements.
func (a *app) newPrompt(c *config.Config, flags sqlFlags, format string) shell.Prompt {
	args := []string{"--config", a.configPath, "sql", "--session"}
	if flags.db != "" {
		args = append(args, "--db", flags.db)
	}
	return shell.Prompt{
		Stdout: fileOf(a.stdout), Stderr: a.stderr, SessionArgs: args,
		Zone: c.Zone(), Format: format, Limits: flags.limits,
	}
}

// newSession returns the session of the prompt that started this process.
func (a *app) newSession(p *pipeline.Pipeline, memory string) shell.Session {
	return shell.Session{
		Parent: a.parent, Path: p.Config.ReadDatabase(), KeepOpen: p.Config.Publishes(), UserQueries: p.Config.UserQueries(), Now: a.now,
		Open: func(ctx context.Context) (*store.Reader, error) {
			return p.OpenReader(ctx, pipeline.ReaderOptions{Memory: memory})
		},
	}
}

// registerLimits adds --limit and --memory.
func registerLimits(command *cobra.Command, limits *shell.Limits) {
	command.Flags().DurationVar(&limits.Time, "limit", 5*time.Minute, "time limit of the statement")
	command.Flags().StringVar(&limits.Memory, "memory", pipeline.ReaderMemory, "memory limit of the statement, as in 4GB: beyond it DuckDB spills to disk, or the statement is stopped")
}

// registerMaxRows adds --max-rows.
func registerMaxRows(command *cobra.Command, maxRows *uint32) {
	command.Flags().Uint32Var(maxRows, "max-rows", 0, "write only so many rows, the first; 0 is all")
}

// limitHeap limits the Go heap of a child process, whose memory its parent watches.
func (a *app) limitHeap() {
	if a.parent != nil {
		shell.LimitHeap()
	}
}

// statementOf returns the argument, else standard input.
func statementOf(args []string, stdin *os.File) (string, error) {
	const hint = "hint: write one, as in callsheet sql \"from calls limit 5\""
	if len(args) == 1 {
		if strings.TrimSpace(args[0]) == "" {
			return "", errors.New("the statement is empty\n" + hint)
		}
		return args[0], nil
	}
	if display.IsTerminal(stdin) {
		return "", errors.New("no statement\n" + hint)
	}
	text, err := io.ReadAll(stdin)
	if err == nil && strings.TrimSpace(string(text)) == "" {
		err = errors.New("no statement\n" + hint)
	}
	return string(text), err
}

// runSQL writes the result of a statement.
func (a *app) runSQL(ctx context.Context, p *pipeline.Pipeline, statement, memory string, out *shell.Writer) error {
	a.limitHeap()
	reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{Memory: memory})
	if err != nil {
		return err
	}
	defer reader.Close()
	if out.MaxRows > 0 {
		err = reader.LimitedSQL(ctx, statement, out.MaxRows, out.Header, out.Row)
	} else {
		err = reader.StreamSQL(ctx, statement, out.Header, out.Row)
	}
	if err != nil && !errors.Is(err, shell.ErrMoreRows) { // of a statement that is no SELECT
		return err
	}
	return out.Close()
}
