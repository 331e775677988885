package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"callsheet/queries"
)

// dotCommand is what the prompt does besides SQL.
type dotCommand struct {
	name, argument, doc string
	choices             []string // for its argument, where they are few
	run                 func(p *prompt, ctx context.Context, argument string) error
}

func dotCommands() []dotCommand {
	return []dotCommand{
		{"tables", "", "the tables, their rows and what a row is", nil, (*prompt).tables},
		{"schema", "[TABLE]", "the columns of a table, or of all, and their types", nil, (*prompt).schema},
		{"metrics", "[WORD]", "what every metric is, or those with a word in their name or formula", nil, (*prompt).metrics},
		{"queries", "", "the named queries, for example: from groups('2026-10-01', '2026-10-31');", nil, (*prompt).queries},
		{"format", "NAME", "how rows are written from now on: " + strings.Join(screenFormats, ", "), screenFormats, (*prompt).setFormat},
		{"timing", "on|off", "whether rows and time are told after each statement", []string{"on", "off"}, (*prompt).setTiming},
		{"limit", "DURATION", "how long a statement may take, as in 30s or 10m", nil, (*prompt).setLimit},
		{"help", "", "this", nil, (*prompt).help},
		{"quit", "", "leave; so does Ctrl-D", nil, (*prompt).leave},
		{"exit", "", "leave", nil, (*prompt).leave},
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

// rowIs says what a row of a table is, for those that people ask, as docs/analysts.md does.
var rowIs = map[string]string{
	"calls":          "a call that has a report",
	"call_versions":  "a different report of a call, its fields as sent",
	"live_events":    "a different live event of a call",
	"other_events":   "a delivery of another kind, whole",
	"rejects":        "a line that could not be loaded",
	"spool_files":    "how far a file was read",
	"loads":          "what a load brought",
	"report_runs":    "a run of the scheduler, its parts and recipients",
	"metric_catalog": "what each metric is",
	"column_catalog": "what each column of calls is",
}

func (p *prompt) tables(ctx context.Context, _ string) error {
	return p.show(ctx, func(ctx context.Context, out *output) error {
		var names []string
		err := p.reader.SQL(ctx, "select table_name from duckdb_tables() where not internal order by table_name",
			noHeader, func(values []any) error {
				names = append(names, text(values[0]))
				return nil
			})
		if err != nil {
			return err
		}
		if err := out.header([]string{"table", "rows", "a row is"}); err != nil {
			return err
		}
		for _, name := range names {
			counting := `select count(*) from "` + strings.ReplaceAll(name, `"`, `""`) + `"` // DuckDB's own estimates count deleted rows
			err := p.reader.SQL(ctx, counting, noHeader, func(values []any) error {
				return out.row([]any{name, values[0], rowIs[name]})
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func noHeader([]string) error { return nil }

func (p *prompt) schema(ctx context.Context, table string) error {
	return p.show(ctx, func(ctx context.Context, out *output) error {
		err := p.reader.SQL(ctx, `select table_name as "table", column_name as "column", data_type as type
from duckdb_columns() where not internal order by table_name, column_index`,
			out.header, func(values []any) error {
				if table != "" && !strings.EqualFold(table, text(values[0])) {
					return nil
				}
				return out.row(values)
			})
		if err == nil && out.written == 0 {
			err = fmt.Errorf("unknown table %q\nhint: .tables shows them", table)
		}
		return err
	})
}

func (p *prompt) metrics(ctx context.Context, word string) error {
	return p.show(ctx, func(ctx context.Context, out *output) error {
		return p.reader.SQL(ctx, "select name, unit, formula from metric_catalog", out.header, func(values []any) error {
			if !strings.Contains(strings.ToLower(text(values[0])+"\n"+text(values[2])), strings.ToLower(word)) {
				return nil
			}
			return out.row(values)
		})
	})
}

func (p *prompt) queries(ctx context.Context, _ string) error {
	own, err := queries.Own(ownQueries(p.config))
	if err != nil {
		fmt.Fprintln(p.stderr, err) // the others are there all the same
	}
	return p.show(ctx, func(_ context.Context, out *output) error {
		if err := out.header([]string{"query", "what it gives", "parameters"}); err != nil {
			return err
		}
		for _, query := range queries.All(own) {
			if err := out.row([]any{query.Name, query.Doc(), strings.Join(query.Parameters(), ", ")}); err != nil {
				return err
			}
		}
		return nil
	})
}

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
