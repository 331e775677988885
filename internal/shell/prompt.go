package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/peterh/liner"

	"callsheet/internal/display"
)

// Prompt reads statements and dot commands from the terminal and shows their results.
type Prompt struct {
	Stdout, Stderr io.Writer
	SessionArgs    []string       // the command line of this program that serves a Session; --memory is added
	Zone           *time.Location // of the times shown
	Format         string         // of results
	Limits         Limits

	editor  *liner.State
	cooked  liner.ModeApplier // the terminal mode that other programs expect
	editing liner.ModeApplier // the mode of the editor
	history string            // path of the history file; empty when none is kept
	timing  bool

	client    *client  // nil until the first request
	published string   // when the data that the session reads was published
	words     []string // what Tab completes
}

const (
	firstPrompt        = "callsheet> "
	continuationPrompt = "      ...> "
)

// errQuit ends the prompt.
var errQuit = errors.New("quit")

// Run answers statements and dot commands until the user quits.
func (p *Prompt) Run(ctx context.Context) error {
	// Ctrl-C cancels the program's own context; here it only stops a statement.
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	p.timing = true
	defer p.closeClient()
	_, err := p.do(ctx, request{Kind: "open"}, nil)
	if err != nil {
		return err
	}
	if p.cooked, err = liner.TerminalMode(); err != nil {
		return err
	}
	p.editor = liner.NewLiner()
	defer p.editor.Close()
	p.editor.SetCtrlCAborts(true)
	p.editor.SetMultiLineMode(true)
	p.editor.SetTabCompletionStyle(liner.TabPrints)
	p.editor.SetWordCompleter(func(line string, cursor int) (string, []string, string) { return complete(p.words, line, cursor) })
	if p.editing, err = liner.TerminalMode(); err != nil {
		return err
	}
	p.loadHistory()
	fmt.Fprintf(p.Stdout, "read-only, %s\n.help for help, exit or Ctrl-D to quit\n", p.published)
	for {
		input, err := p.read(ctx)
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(p.Stdout)
			return nil
		}
		if err != nil {
			return err
		}
		err = p.execute(ctx, input)
		if errors.Is(err, errQuit) {
			return nil
		}
		if err != nil {
			fmt.Fprintln(p.Stderr, display.EscapeLines(err.Error()))
		}
	}
}

// read returns a dot command, or lines that end with a complete statement.
func (p *Prompt) read(ctx context.Context) (string, error) {
	text, prompt := "", firstPrompt
	for {
		line, err := p.readLine(ctx, prompt)
		if errors.Is(err, liner.ErrPromptAborted) {
			text, prompt = "", firstPrompt
			continue
		}
		if err != nil {
			return "", err
		}
		if text == "" {
			line = dotCommandOf(line)
			if strings.HasPrefix(line, ".") {
				return line, nil
			}
		}
		text += line + "\n"
		if _, complete := splitStatements(text); complete {
			return text, nil
		}
		prompt = continuationPrompt
	}
}

// readLine reads one line, or returns when ctx ends.
func (p *Prompt) readLine(ctx context.Context, prompt string) (string, error) {
	// A pager, or a shell after Ctrl-Z, may have changed the terminal mode.
	if err := p.editing.ApplyMode(); err != nil {
		return "", err
	}
	type result struct {
		line string
		err  error
	}
	read := make(chan result, 1)
	go func() {
		line, err := p.editor.Prompt(prompt)
		read <- result{line, err}
	}()
	select {
	case r := <-read:
		return r.line, r.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// execute runs a dot command or statements.
func (p *Prompt) execute(ctx context.Context, input string) error {
	p.addToHistory(input)
	if strings.HasPrefix(input, ".") {
		return p.runDotCommand(ctx, input)
	}
	statements, _ := splitStatements(input)
	for _, statement := range statements {
		if err := p.runStatement(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func (p *Prompt) runStatement(ctx context.Context, statement string) error {
	end, err := p.show(ctx, "statement", statement)
	if err != nil {
		return err
	}
	if end.More {
		fmt.Fprintf(p.Stderr, "only the first %s rows are shown\nhint: callsheet sql --format csv \"STATEMENT\" >all.csv\n", display.Count(maxRows))
	}
	if p.timing {
		fmt.Fprintf(p.Stderr, "%s, %s\n", display.Plural(end.Rows, "row"), formatDuration(end.Took))
	}
	return nil
}

func formatDuration(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
