package main

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

	"callsheet/internal/config"
)

// prompt is where somebody types statements and reads what they give.
type prompt struct {
	*app
	config  *config.Config
	editor  *liner.State
	cooked  liner.ModeApplier // the terminal as other programs expect it
	editing liner.ModeApplier // and as the editor does
	history string            // its file; empty when it cannot be kept

	format string
	limits limitFlags // of one statement
	timing bool

	session   *sessionProcess // nil until something is asked
	published string          // when the data were that it reads
	words     []string        // what Tab knows of them
}

const (
	firstPrompt = "callsheet> "
	nextPrompt  = "      ...> " // of the further lines of a statement
)

// errLeave ends the prompt.
var errLeave = errors.New("leave")

// prompt answers statements and dot commands until it is left.
func (a *app) prompt(ctx context.Context, c *config.Config, format string, limits limitFlags) error {
	// The program's own context ends with the first Ctrl-C, which here ends no more than a statement.
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	p := &prompt{app: a, config: c, format: format, limits: limits, timing: true}
	defer p.close()
	_, err := p.ask(ctx, question{Kind: "open"}, nil)
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
	p.editor.SetWordCompleter(func(line string, at int) (string, []string, string) { return complete(p.words, line, at) })
	if p.editing, err = liner.TerminalMode(); err != nil {
		return err
	}
	p.readHistory()
	fmt.Fprintf(a.stdout, "read-only, %s\n.help for help, Ctrl-D to leave\n", p.published)
	for {
		typed, err := p.read(ctx)
		if errors.Is(err, io.EOF) {
			fmt.Fprintln(a.stdout)
			return nil
		}
		if err != nil {
			return err
		}
		err = p.answer(ctx, typed)
		if errors.Is(err, errLeave) {
			return nil
		}
		if err != nil {
			fmt.Fprintln(a.stderr, escapedLines(err.Error()))
		}
	}
}

// read returns a dot command, or lines that end with a statement.
func (p *prompt) read(ctx context.Context) (string, error) {
	text, mark := "", firstPrompt
	for {
		line, err := p.line(ctx, mark)
		if errors.Is(err, liner.ErrPromptAborted) {
			text, mark = "", firstPrompt
			continue
		}
		if err != nil {
			return "", err
		}
		if text == "" && strings.HasPrefix(line, ".") {
			return line, nil
		}
		text += line + "\n"
		if _, finished := split(text); finished {
			return text, nil
		}
		mark = nextPrompt
	}
}

// line reads one line, unless the program is ended meanwhile.
func (p *prompt) line(ctx context.Context, mark string) (string, error) {
	// A pager was here, or a shell when somebody pressed Ctrl-Z.
	if err := p.editing.ApplyMode(); err != nil {
		return "", err
	}
	type typed struct {
		line string
		err  error
	}
	read := make(chan typed, 1)
	go func() {
		line, err := p.editor.Prompt(mark)
		read <- typed{line, err}
	}()
	select {
	case got := <-read:
		return got.line, got.err
	case <-ctx.Done():
		return "", context.Cause(ctx)
	}
}

// answer answers what was read.
func (p *prompt) answer(ctx context.Context, typed string) error {
	p.remember(typed)
	if strings.HasPrefix(typed, ".") {
		return p.dot(ctx, typed)
	}
	statements, _ := split(typed)
	for _, statement := range statements {
		if err := p.run(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

// run answers a statement.
func (p *prompt) run(ctx context.Context, statement string) error {
	end, err := p.show(ctx, "statement", statement)
	if err != nil {
		return err
	}
	if end.More {
		fmt.Fprintf(p.stderr, "these are the first %s rows, there are more\nhint: callsheet sql --format csv \"STATEMENT\" >all.csv\n", count(maxRows))
	}
	if p.timing {
		fmt.Fprintf(p.stderr, "%s, %s\n", plural(end.Rows, "row"), shortTime(end.Took))
	}
	return nil
}

func plural(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return count(int64(n)) + " " + thing
}

func shortTime(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}
