package page

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"
)

// Question is what an analyst asks: SQL, or a named query with its arguments.
type Question struct {
	SQL       string
	Query     string            // name of a named query; empty with SQL
	Arguments map[string]string // of the named query, by parameter; empty ones are left out
	Format    string            // one of the formats below
	MaxRows   int               // 0 for all
}

// The formats of an answer.
const (
	formatRows = "ndjson"
	formatCSV  = "csv"
	formatXLSX = "xlsx"
)

// Catalog is what SQL can name.
type Catalog struct {
	Keywords []string
	Tables   []Table
	Metrics  []Name // the type is the unit
	Macros   []string
}

// Table is a table or a view.
type Table struct {
	Name
	Columns []Name
}

// Name is a name with what it means.
type Name struct{ Name, Type, Meaning string }

// NamedQuery is a query with parameters.
type NamedQuery struct {
	Name, Meaning string
	Parameters    []Parameter
}

// Parameter is a parameter of a named query.
type Parameter struct {
	Name     string
	Required bool
}

// Why a question has no answer. Any other error is for the analyst to read.
var (
	errQueryTime   = errors.New("the query took too long")
	ErrQueryMemory = errors.New("the query needed too much memory")
)

// The limits of a question.
const (
	maxQuestion   = 64 << 10  // bytes of SQL, which are an argument of a process
	maxShownRows  = 1_000     // of an answer on the page
	maxShownBytes = 4 << 20   // of these rows
	maxDownload   = 100 << 20 // bytes of a file
	askTime       = time.Minute
)

// asker is what the server keeps for questions.
type asker struct {
	queue   queue
	catalog cache[Catalog]
}

// askData is what the pages of questions show.
type askData struct {
	SQL       string
	Queries   []NamedQuery
	Query     *NamedQuery // of a page of one query
	Arguments map[string]string
	Reply     *reply
}

// reply is the result of a question, or why there is none.
type reply struct {
	result
	Took    time.Duration
	Warning string
	Reason  string // the key of a text: why there is no result
	Error   string // the same in the words of callsheet sql
}

// showAsk shows the form for SQL.
func (s *Server) showAsk(w http.ResponseWriter, r *http.Request) {
	if v, ok := s.authorize(w, r, Analyst); ok {
		shown := s.pageData("ask", v)
		s.show(w, http.StatusOK, "ask", shown)
	}
}

// showQueries shows the named queries.
func (s *Server) showQueries(w http.ResponseWriter, r *http.Request) {
	if v, ok := s.authorize(w, r, Analyst); ok {
		shown := s.pageData("ask", v)
		shown.Ask.Queries = s.options.Queries()
		s.show(w, http.StatusOK, "queries", shown)
	}
}

// findQuery returns the named query of a request's address. If ok is false, it has answered.
func (s *Server) findQuery(w http.ResponseWriter, r *http.Request) (v visit, query NamedQuery, ok bool) {
	if v, ok = s.authorize(w, r, Analyst); !ok {
		return v, query, false
	}
	for _, query := range s.options.Queries() {
		if query.Name == r.PathValue("query") {
			return v, query, true
		}
	}
	s.refuse(w, http.StatusNotFound, "not_found")
	return v, query, false
}

// showQuery shows the form for a named query, for yesterday.
func (s *Server) showQuery(w http.ResponseWriter, r *http.Request) {
	v, query, ok := s.findQuery(w, r)
	if !ok {
		return
	}
	yesterday := s.options.Now().In(s.options.Zone).AddDate(0, 0, -1).Format(time.DateOnly)
	shown := s.pageData("ask", v)
	shown.Ask.Query, shown.Ask.Arguments = &query, map[string]string{"from": yesterday, "to": yesterday}
	s.show(w, http.StatusOK, "query", shown)
}

// showCatalog shows what SQL can name.
func (s *Server) showCatalog(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.authorize(w, r, Analyst); !ok || !s.extendDeadlines(w, 2*dataTimeout) {
		return
	}
	catalog, err := s.ask.catalog.get(r.Context(), s.options.Now, catalogAge, s.options.Catalog)
	if r.Context().Err() != nil {
		return // the browser is gone
	}
	if err != nil {
		s.fail(w, "catalog", err)
		return
	}
	s.show(w, http.StatusOK, "catalog", catalog)
}

// catalogAge is how long a catalog is shown again: a load can bring new tables, which is rare.
const catalogAge = 5 * time.Minute

// askSQL answers the form for SQL.
func (s *Server) askSQL(w http.ResponseWriter, r *http.Request) {
	v, ok := s.authorize(w, r, Analyst)
	if !ok || !s.parseQuestion(w, r) {
		return
	}
	shown := s.pageData("ask", v)
	shown.Ask.SQL = r.PostFormValue("sql")
	s.answer(w, r, "ask", shown, Question{SQL: shown.Ask.SQL})
}

// askQuery answers the form for a named query.
func (s *Server) askQuery(w http.ResponseWriter, r *http.Request) {
	v, query, ok := s.findQuery(w, r)
	if !ok || !s.parseQuestion(w, r) {
		return
	}
	q := Question{Query: query.Name, Arguments: map[string]string{}}
	for _, parameter := range query.Parameters {
		if value := r.PostFormValue(parameter.Name); value != "" {
			q.Arguments[parameter.Name] = value
		}
	}
	shown := s.pageData("ask", v)
	shown.Ask.Query, shown.Ask.Arguments = &query, q.Arguments
	s.answer(w, r, "query", shown, q)
}

// parseQuestion reads a form. If ok is false, it has answered.
func (s *Server) parseQuestion(w http.ResponseWriter, r *http.Request) (ok bool) {
	r.Body = http.MaxBytesReader(w, r.Body, 4*maxQuestion) // a character of a form has up to three bytes
	if r.ParseForm() != nil {
		s.refuse(w, http.StatusRequestEntityTooLarge, "question_long")
		return false
	}
	return s.extendDeadlines(w, askTime+queueTime+writeTimeout)
}

// answer asks a question and shows the page with the answer, or sends a file if the form asks for one.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, page string, shown pageData, q Question) {
	q.Format, q.MaxRows = formatRows, maxShownRows+1
	isDownload := false
	if format := r.PostFormValue("format"); format == formatCSV || format == formatXLSX {
		q.Format, q.MaxRows, isDownload = format, 0, true
	}
	a := &reply{}
	shown.Ask.Reply = a
	if q.Query == "" && strings.TrimSpace(q.SQL) == "" {
		a.Reason = "question_empty"
	} else if len(q.SQL) > maxQuestion {
		a.Reason = "question_long"
	}
	if a.Reason != "" {
		s.show(w, http.StatusOK, page, shown)
		return
	}
	leave, reason := s.ask.queue.enter(shown.User.Name)
	if a.Reason = reason; reason != "" {
		s.show(w, http.StatusServiceUnavailable, page, shown)
		return
	}
	defer leave()
	done, ok := s.ask.queue.begin(r.Context())
	if r.Context().Err() != nil {
		return // the browser is gone
	}
	if !ok {
		a.Reason = "queue_full"
		s.show(w, http.StatusServiceUnavailable, page, shown)
		return
	}
	if isDownload {
		s.sendFile(w, r, page, shown, q, done)
		return
	}
	defer done()
	rows := &limitedBuffer{max: maxShownBytes}
	began := s.options.Now()
	warning, err := s.askWithinLimits(r.Context(), shown.User.Name, q, rows)
	a.Took, a.Warning = s.options.Now().Sub(began), warning
	if r.Context().Err() != nil {
		return
	}
	if err == nil || errors.Is(err, errTooMuch) {
		a.result, err = s.templates.readResult(rows.text.Bytes(), maxShownRows)
	}
	a.Reason, a.Error = reasonOf(err)
	s.show(w, http.StatusOK, page, shown)
}

// askWithinLimits asks a question within the limits on time and size.
func (s *Server) askWithinLimits(ctx context.Context, user string, q Question, out io.Writer) (warning string, err error) {
	limited, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	// A writer that is full ends the question at once, as a browser does that leaves.
	bounded, stop := context.WithCancelCause(limited)
	defer stop(nil)
	began := s.options.Now()
	warning, err = s.options.Ask(bounded, q, stopper{out, stop})
	s.options.Log.Info("a question from the page", "user", user, "query", q.Query, "took", s.options.Now().Sub(began)) // SQL can name customers
	switch {
	case context.Cause(bounded) == errTooMuch:
		err = errTooMuch
	case ctx.Err() == nil && limited.Err() != nil:
		err = errQueryTime
	}
	return warning, err
}

// reasonOf returns the text for an error of a question: the key of a text of the page, or the text itself.
func reasonOf(err error) (key, text string) {
	switch {
	case err == nil:
		return "", ""
	case errors.Is(err, errQueryTime):
		return "query_time", ""
	case errors.Is(err, ErrQueryMemory):
		return "query_memory", ""
	case errors.Is(err, errTooMuch):
		return "download_large", ""
	}
	return "query_failed", err.Error()
}

// sendFile sends the whole result as a file. It is complete, in a temporary file, before its first byte is sent: a slow browser does not keep the
// query running, and a query that fails sends no part of a file.
func (s *Server) sendFile(w http.ResponseWriter, r *http.Request, page string, shown pageData, q Question, done func()) {
	defer done()
	file, err := os.CreateTemp(s.options.ScratchDir, "answer-*.tmp")
	if err != nil {
		s.fail(w, "download", err)
		return
	}
	_ = os.Remove(file.Name()) // at once: a process that is killed leaves nothing behind
	defer os.Remove(file.Name())
	defer file.Close()
	_, err = s.askWithinLimits(r.Context(), shown.User.Name, q, &limitedWriter{file, maxDownload})
	if r.Context().Err() != nil {
		return
	}
	if err != nil {
		shown.Ask.Reply.Reason, shown.Ask.Reply.Error = reasonOf(err)
		s.show(w, http.StatusOK, page, shown)
		return
	}
	done()
	if !s.extendDeadlines(w, downloadTime) {
		return
	}
	name := "answer." + q.Format
	if q.Query != "" {
		name = q.Query + "." + q.Format
	}
	w.Header().Set("Content-Type", map[string]string{formatCSV: "text/csv; charset=utf-8", formatXLSX: workbookType}[q.Format])
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	http.ServeContent(w, r, "", time.Time{}, file)
}

// extendDeadlines lets a response take a time, which is longer than the one that every other may. If ok is false, it has answered with an error.
func (s *Server) extendDeadlines(w http.ResponseWriter, d time.Duration) (ok bool) {
	control := http.NewResponseController(w)
	err := control.SetWriteDeadline(s.options.Now().Add(d))
	if err == nil {
		err = control.SetReadDeadline(time.Time{}) // that of the request would end its context
	}
	if err != nil {
		s.fail(w, "deadline", err)
	}
	return err == nil
}
