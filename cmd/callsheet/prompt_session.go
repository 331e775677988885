package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"callsheet/internal/config"
	"callsheet/queries"
	"callsheet/store"
)

// question is what the prompt asks its session: a JSON object on the standard input of the session's process.
type question struct {
	Kind   string // statement, or the name of a dot command; open only opens what is published
	Text   string // the statement, or the argument
	Format string
	Width  int // of the terminal, where wider tables are cut; 0 is no limit
}

// reply is what the session sends: for a question any number, and a last one with End.
type reply struct {
	Opened *openedCopy `json:",omitempty"`
	Text   string      `json:",omitempty"` // of the result
	Note   string      `json:",omitempty"` // for standard error
	End    *ending     `json:",omitempty"`
}

// openedCopy describes the data that were opened.
type openedCopy struct {
	Published time.Time
	Newer     bool     // than those that were open before
	Words     []string // that Tab completes
}

// ending is how a question ended.
type ending struct {
	Error string
	Rows  int
	More  bool // there are more rows than are shown
	Took  time.Duration
}

// session answers the questions of a prompt, in a process of its own that a statement can take with it.
type session struct {
	*app
	config *config.Config
	memory string
	reader *store.Reader // nil until something is asked
	file   os.FileInfo   // what the reader reads
}

// serveSession answers until standard input ends. An interrupt ends no more than the statement that runs.
func (a *app) serveSession(ctx context.Context, c *config.Config, memory string) error {
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	a.holdLittle()
	s := &session{app: a, config: c, memory: memory}
	questions := json.NewDecoder(os.Stdin)
	for {
		var q question
		if err := questions.Decode(&q); errors.Is(err, io.EOF) {
			return s.close()
		} else if err != nil {
			return errors.Join(err, s.close())
		}
		end, err := s.answer(ctx, q)
		if !c.Store.Publish { // it is no copy: nothing can be loaded while we have it open
			err = errors.Join(err, s.close())
		}
		if err != nil {
			end.Error = err.Error()
		}
		if err := a.parent.Send(reply{End: &end}); err != nil {
			return err
		}
	}
}

// send is a writer whose text goes to the prompt.
type send func(text string) error

func (s send) Write(text []byte) (int, error) { return len(text), s(string(text)) }

func (s *session) answer(ctx context.Context, q question) (end ending, err error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	text := bufio.NewWriterSize(send(func(text string) error { return s.parent.Send(reply{Text: text}) }), 1<<16)
	notes := send(func(text string) error { return s.parent.Send(reply{Note: text}) })
	if err := s.open(ctx); err != nil || q.Kind == "open" {
		return end, err
	}
	out, err := newOutput(text, notes, q.Format)
	if err != nil {
		return end, err
	}
	out.width = q.Width
	started := s.now()
	end.More, err = s.fill(ctx, q, out)
	end.Rows, end.Took = out.written, s.now().Sub(started)
	if err != nil {
		return end, err
	}
	return end, errors.Join(out.close(), text.Flush())
}

// fill writes the rows of an answer.
func (s *session) fill(ctx context.Context, q question, out *output) (more bool, err error) {
	switch q.Kind {
	case "statement":
		return s.statement(ctx, q.Text, out)
	case "tables":
		return false, s.tables(ctx, out)
	case "schema":
		return false, s.schema(ctx, q.Text, out)
	case "metrics":
		return false, s.metrics(ctx, q.Text, out)
	case "queries":
		return false, s.queries(out)
	}
	return false, fmt.Errorf("unknown question %q", q.Kind)
}

// open opens what is published, anew if there is a newer one by now. What it has open is closed first: DuckDB would go on with
// the old file as long as any connection of ours has it.
func (s *session) open(ctx context.Context) error {
	file, err := os.Stat(readFrom(s.config)) // before it is opened, so that what replaces it meanwhile is noticed later
	if err != nil {
		return fmt.Errorf("%w\nhint: run callsheet load first", err)
	}
	if s.reader != nil && sameFile(file, s.file) {
		return nil
	}
	if err := s.close(); err != nil {
		return err
	}
	reader, err := s.app.reader(ctx, s.config, time.Time{}, s.memory, 1)
	if err != nil {
		return err
	}
	opened := openedCopy{Published: file.ModTime(), Newer: s.file != nil && !sameFile(file, s.file)}
	s.reader, s.file = reader, file
	if opened.Words, err = knownWords(ctx, reader); err != nil { // no reason to answer nothing
		if err := s.parent.Send(reply{Note: fmt.Sprintln("nothing to complete with Tab:", err)}); err != nil {
			return err
		}
	}
	return s.parent.Send(reply{Opened: &opened})
}

func sameFile(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

func (s *session) close() error {
	if s.reader == nil {
		return nil
	}
	err := s.reader.Close()
	s.reader = nil
	return err
}

// maxRows are the rows that a statement shows. Nobody reads more, and DuckDB keeps a whole result in memory, whatever its limit.
const maxRows = 10_000

// statement runs a statement and says whether there are more rows than it gives.
func (s *session) statement(ctx context.Context, statement string, out *output) (more bool, err error) {
	errMore := errors.New("more rows")
	row := func(values []any) error {
		if out.written == maxRows {
			return errMore
		}
		return out.row(values)
	}
	// DuckDB stops by itself at a limit. What cannot stand in from (…), like explain, fails before it runs and is then run as
	// it is; so is a slip, to have its place in the words that were typed.
	err = s.reader.SQL(ctx, fmt.Sprintf("from (%s\n) limit %d", statement, maxRows+1), out.header, row)
	if store.IsStatementError(err) {
		err = s.reader.SQL(ctx, statement, out.header, row)
	}
	if errors.Is(err, errMore) {
		return true, nil
	}
	return false, err
}

// rowIs says what a row of a table is, for those that people ask, as docs/analysts.md does.
var rowIs = map[string]string{
	"calls":          "a call that has a report",
	"call_versions":  "a distinct report of a call, its fields as sent",
	"live_events":    "a distinct live event of a call",
	"other_events":   "a delivery of another kind, with its payload",
	"rejects":        "a line that could not be loaded",
	"spool_files":    "how far a file was read",
	"loads":          "a load and what it added",
	"report_runs":    "a run of the scheduler, its parts and recipients",
	"metric_catalog": "what each metric is",
	"column_catalog": "what each column of calls is",
}

func (s *session) tables(ctx context.Context, out *output) error {
	var names []string
	err := s.reader.SQL(ctx, "select table_name from duckdb_tables() where not internal order by table_name",
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
		err := s.reader.SQL(ctx, counting, noHeader, func(values []any) error {
			return out.row([]any{name, values[0], rowIs[name]})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func noHeader([]string) error { return nil }

func (s *session) schema(ctx context.Context, table string, out *output) error {
	err := s.reader.SQL(ctx, `select table_name as "table", column_name as "column", data_type as type
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
}

func (s *session) metrics(ctx context.Context, word string, out *output) error {
	return s.reader.SQL(ctx, "select name, unit, formula from metric_catalog", out.header, func(values []any) error {
		if !strings.Contains(strings.ToLower(text(values[0])+"\n"+text(values[2])), strings.ToLower(word)) {
			return nil
		}
		return out.row(values)
	})
}

func (s *session) queries(out *output) error {
	own, err := queries.User(ownQueries(s.config))
	if err != nil {
		fmt.Fprintln(out.notes, err) // the others are there all the same
	}
	if err := out.header([]string{"query", "what it gives", "parameters"}); err != nil {
		return err
	}
	for _, query := range queries.All(own) {
		if err := out.row([]any{query.Name, query.Doc(), strings.Join(query.Parameters(), ", ")}); err != nil {
			return err
		}
	}
	return nil
}
