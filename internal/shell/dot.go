package shell

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"callsheet/internal/suggest"
)

// dotCommand is a command of the prompt itself.
type dotCommand struct {
	name, argument, doc string
	choices             []string // the possible arguments, where they are few
	run                 func(p *Prompt, ctx context.Context, argument string) error
}

func dotCommands() []dotCommand {
	return []dotCommand{
		{"tables", "", "the tables, their number of rows and what a row is", nil, sessionCommand("tables")},
		{"schema", "[TABLE]", "the columns of a table, or of all tables, and their types", nil, sessionCommand("schema")},
		{"metrics", "[WORD]", "the definition of every metric, or of those with a word in their name or formula", nil, sessionCommand("metrics")},
		{"queries", "", "the named queries, for example: from groups('2026-10-01', '2026-10-31');", nil, sessionCommand("queries")},
		{"format", "NAME", "the format of results: " + strings.Join(screenFormats, ", "), screenFormats, (*Prompt).setFormat},
		{"timing", "on|off", "print the number of rows and the time after each statement", []string{"on", "off"}, (*Prompt).setTiming},
		{"limit", "DURATION", "time limit of a statement, as in 30s or 10m", nil, (*Prompt).setLimit},
		{"help", "", "this help", nil, (*Prompt).help},
		{"quit", "", "quit; so do exit, quit, \\q and Ctrl-D", nil, (*Prompt).quit},
		{"exit", "", "quit", nil, (*Prompt).quit},
	}
}

// sessionCommand is a command that the session answers.
func sessionCommand(kind string) func(p *Prompt, ctx context.Context, argument string) error {
	return func(p *Prompt, ctx context.Context, argument string) error {
		_, err := p.show(ctx, kind, argument)
		return err
	}
}

// screenFormats are the formats that can be read on a screen.
var screenFormats = []string{"table", "csv", "json", "ndjson", "markdown"}

// otherWords are what other prompts understand, and the dot command that does it here.
var otherWords = map[string]string{
	"exit": ".quit", "quit": ".quit", `\q`: ".quit", "q": ".quit", ":q": ".quit", "bye": ".quit", "logout": ".quit", "exit()": ".quit", "quit()": ".quit",
	"help": ".help", "?": ".help", `\?`: ".help", `\h`: ".help",
	`\d`: ".tables", `\dt`: ".tables",
}

// dotCommandOf returns the dot command for a line that is a word of another prompt, else the line.
func dotCommandOf(line string) string {
	word := strings.ToLower(strings.Trim(line, "; \t"))
	if command, ok := otherWords[word]; ok {
		return command
	}
	if table, ok := strings.CutPrefix(word, `\d `); ok {
		return ".schema " + table
	}
	if strings.HasPrefix(word, `\`) {
		return "." + strings.TrimLeft(word, `\`) // an unknown command, and no statement to wait for the end of
	}
	return line
}

func (p *Prompt) runDotCommand(ctx context.Context, line string) error {
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
	var names []string
	for _, command := range dotCommands() {
		names = append(names, "."+command.name)
	}
	hint := suggest.Hint(name, names, "")
	if hint == "" {
		hint = "\nhint: .help lists the commands"
	}
	return fmt.Errorf("unknown command %q%s", name, hint)
}

func (p *Prompt) help(context.Context, string) error {
	fmt.Fprint(p.Stdout, `A statement ends with ; at the end of a line and may span several lines.
Ctrl-C discards the input, or stops the running statement. Tab completes names.
Every statement reads the latest published data; temporary tables last until newer data is published.
With publish: false or a lake, the prompt has no temporary tables: each statement opens the database anew.

`)
	w := tabwriter.NewWriter(p.Stdout, 0, 0, 2, ' ', 0)
	for _, command := range dotCommands() {
		fmt.Fprintf(w, ".%s %s\t%s\n", command.name, command.argument, command.doc)
	}
	return w.Flush()
}

func (p *Prompt) quit(context.Context, string) error { return errQuit }

func (p *Prompt) setFormat(_ context.Context, name string) error {
	if !slices.Contains(screenFormats, name) {
		return fmt.Errorf("unknown format %q%s", name, suggest.Hint(name, screenFormats, "use one of"))
	}
	p.Format = name
	return nil
}

func (p *Prompt) setTiming(_ context.Context, value string) error {
	if value != "on" && value != "off" {
		return errors.New("timing is on or off\nhint: .timing on")
	}
	p.timing = value == "on"
	return nil
}

func (p *Prompt) setLimit(_ context.Context, value string) error {
	limit, err := time.ParseDuration(value)
	if err != nil || limit <= 0 {
		return fmt.Errorf("%q is not a duration\nhint: write it as in .limit 10m", value)
	}
	p.Limits.Time = limit
	return nil
}
