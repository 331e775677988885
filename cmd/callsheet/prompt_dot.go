package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// dotCommand is what the prompt does besides SQL.
type dotCommand struct {
	name, argument, doc string
	choices             []string // for its argument, where they are few
	run                 func(p *prompt, ctx context.Context, argument string) error
}

func dotCommands() []dotCommand {
	return []dotCommand{
		{"tables", "", "the tables, their rows and what a row is", nil, asked("tables")},
		{"schema", "[TABLE]", "the columns of a table, or of all, and their types", nil, asked("schema")},
		{"metrics", "[WORD]", "what every metric is, or those with a word in their name or formula", nil, asked("metrics")},
		{"queries", "", "the named queries, for example: from groups('2026-10-01', '2026-10-31');", nil, asked("queries")},
		{"format", "NAME", "how rows are written from now on: " + strings.Join(screenFormats, ", "), screenFormats, (*prompt).setFormat},
		{"timing", "on|off", "whether rows and time are told after each statement", []string{"on", "off"}, (*prompt).setTiming},
		{"limit", "DURATION", "how long a statement may take, as in 30s or 10m", nil, (*prompt).setLimit},
		{"help", "", "this", nil, (*prompt).help},
		{"quit", "", "leave; so does Ctrl-D", nil, (*prompt).leave},
		{"exit", "", "leave", nil, (*prompt).leave},
	}
}

// asked is a command that the session answers.
func asked(kind string) func(p *prompt, ctx context.Context, argument string) error {
	return func(p *prompt, ctx context.Context, argument string) error {
		_, err := p.show(ctx, kind, argument)
		return err
	}
}

// screenFormats are those that can be read on a screen.
var screenFormats = []string{"table", "csv", "json", "ndjson", "markdown"}

// dot runs a dot command.
func (p *prompt) dot(ctx context.Context, line string) error {
	name, argument, _ := strings.Cut(strings.TrimRight(line, "; \t"), " ")
	for _, command := range dotCommands() {
		if name == "."+command.name {
			argument = strings.TrimSpace(argument)
			if argument != "" && command.argument == "" {
				return fmt.Errorf("%s takes no argument", name)
			}
			return command.run(p, ctx, argument)
		}
	}
	return fmt.Errorf("unknown command %q\nhint: .help shows them", name)
}

func (p *prompt) help(context.Context, string) error {
	fmt.Fprint(p.stdout, `A statement ends with ; at the end of a line and may go over several lines.
Ctrl-C drops what is typed, or stops the statement that runs. Tab completes names.
Every statement reads the newest published data; temporary tables last until there are newer.

`)
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	for _, command := range dotCommands() {
		fmt.Fprintf(w, ".%s %s\t%s\n", command.name, command.argument, command.doc)
	}
	return w.Flush()
}

func (p *prompt) leave(context.Context, string) error { return errLeave }

func (p *prompt) setFormat(_ context.Context, name string) error {
	if !slices.Contains(screenFormats, name) {
		return fmt.Errorf("unknown format %q\nhint: use one of %s", name, strings.Join(screenFormats, ", "))
	}
	p.format = name
	return nil
}

func (p *prompt) setTiming(_ context.Context, word string) error {
	if word != "on" && word != "off" {
		return errors.New("timing is on or off\nhint: .timing on")
	}
	p.timing = word == "on"
	return nil
}

func (p *prompt) setLimit(_ context.Context, word string) error {
	limit, err := time.ParseDuration(word)
	if err != nil || limit <= 0 {
		return fmt.Errorf("%q is no time\nhint: write it as in .limit 10m", word)
	}
	p.limits.time = limit
	return nil
}
