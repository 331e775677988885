package shell

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"callsheet/internal/child"
	"callsheet/store"
)

// Session answers the requests of a prompt, in a process of its own that can be killed with the statement it runs.
type Session struct {
	Parent      *child.Parent // the process of the prompt
	Path        string        // of the database
	Open        func(ctx context.Context) (*store.Reader, error)
	KeepOpen    bool   // between requests; not possible for the database that loads write to
	UserQueries string // the folder of the user's named queries
	Now         func() time.Time

	reader *store.Reader // nil when closed
	file   os.FileInfo   // of the database that the reader reads
}

// Serve answers requests until their end. An interrupt stops only the running statement.
func (s *Session) Serve(ctx context.Context, requests io.Reader) error {
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), syscall.SIGTERM)
	defer stop()
	LimitHeap()
	decoder := json.NewDecoder(requests)
	for {
		var r request
		if err := decoder.Decode(&r); errors.Is(err, io.EOF) {
			return s.close()
		} else if err != nil {
			return errors.Join(err, s.close())
		}
		end, err := s.answer(ctx, r)
		if !s.KeepOpen {
			err = errors.Join(err, s.close())
		}
		if err != nil {
			end.Error = err.Error()
		}
		if err := s.Parent.Send(response{End: &end}); err != nil {
			return err
		}
	}
}

// sender is a writer that sends text to the prompt.
type sender func(text string) error

func (s sender) Write(text []byte) (int, error) { return len(text), s(string(text)) }

func (s *Session) answer(ctx context.Context, r request) (e end, err error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	text := bufio.NewWriterSize(sender(func(text string) error { return s.Parent.Send(response{Text: text}) }), 1<<16)
	notes := sender(func(text string) error { return s.Parent.Send(response{Note: text}) })
	if err := s.open(ctx); err != nil || r.Kind == "open" {
		return e, err
	}
	out, err := NewWriter(text, notes, r.Format)
	if err != nil {
		return e, err
	}
	out.Width = r.Width
	started := s.Now()
	e.More, err = s.writeResult(ctx, r, out)
	e.Rows, e.Took = out.written, s.Now().Sub(started)
	if err != nil {
		return e, err
	}
	return e, errors.Join(out.Close(), text.Flush())
}

// writeResult writes the rows of a result.
func (s *Session) writeResult(ctx context.Context, r request, out *Writer) (more bool, err error) {
	switch r.Kind {
	case "statement":
		return s.statement(ctx, r.Text, out)
	case "tables":
		return false, s.tables(ctx, out)
	case "schema":
		return false, s.schema(ctx, r.Text, out)
	case "metrics":
		return false, s.metrics(ctx, r.Text, out)
	case "queries":
		return false, s.queries(out)
	}
	return false, fmt.Errorf("unknown request %q", r.Kind)
}

// open opens the published database, again if a newer one was published. The reader is closed first: DuckDB keeps reading the old
// file as long as a connection of this process has it open.
func (s *Session) open(ctx context.Context) error {
	file, err := os.Stat(s.Path) // before it is opened, so that a replacement in between is noticed by the next request
	if err != nil {
		return fmt.Errorf("%w\nhint: run callsheet load first", err)
	}
	if s.reader != nil && isSameFile(file, s.file) {
		return nil
	}
	if err := s.close(); err != nil {
		return err
	}
	reader, err := s.Open(ctx)
	if err != nil {
		return err
	}
	o := opened{Published: file.ModTime(), Newer: s.file != nil && !isSameFile(file, s.file)}
	s.reader, s.file = reader, file
	if o.Words, err = completionWords(ctx, reader); err != nil { // statements run without completion, too
		if err := s.Parent.Send(response{Note: fmt.Sprintln("Tab completes no names:", err)}); err != nil {
			return err
		}
	}
	return s.Parent.Send(response{Opened: &o})
}

func isSameFile(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

func (s *Session) close() error {
	if s.reader == nil {
		return nil
	}
	err := s.reader.Close()
	s.reader = nil
	return err
}

// errNothingKept refuses what would be gone at the next statement.
var errNothingKept = errors.New("with publish: false or a lake, the prompt opens the database anew for each statement and keeps no temporary tables, views, " +
	"macros or variables\nhint: use with NAME as (…) in the statement; or write a file with callsheet publish, and read that with callsheet sql --db FILE")

// maxRows is how many rows of a statement are shown. Nobody reads more, and DuckDB keeps a whole result in memory, whatever its
// limit.
const maxRows = 10_000

// statement runs a statement and reports whether it has more rows than are shown.
func (s *Session) statement(ctx context.Context, statement string, out *Writer) (more bool, err error) {
	if !s.KeepOpen && isForLater(statement) {
		return false, errNothingKept
	}
	out.MaxRows = maxRows
	err = s.reader.LimitedSQL(ctx, statement, maxRows+1, out.Header, out.Row)
	if errors.Is(err, ErrMoreRows) {
		return true, nil
	}
	return false, err
}
