package page

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"callsheet/internal/locale"
)

func testQueries() []NamedQuery {
	return []NamedQuery{{"groups", "Every metric per group", []Parameter{{"from", false}, {"group", false}, {"minutes", true}}}}
}

func testCatalog(context.Context) (*Catalog, error) {
	return &Catalog{Keywords: []string{"select"}, Tables: []Table{{Name{"calls", "", "a <call>"}, []Name{{"call_sid", "VARCHAR", "its id"}}}}, Metrics: []Name{{"offered", "calls", "calls that reached a queue"}}}, nil
}

// askSite is a site whose questions a function answers.
func askSite(t *testing.T, ask func(ctx context.Context, q Question, out io.Writer) (string, error)) *site {
	t.Helper()
	return startSite(t, Options{Users: users(), Ask: ask, Queries: testQueries, Catalog: testCatalog, ScratchDir: t.TempDir()})
}

func TestOnlyAnalystsAsk(t *testing.T) {
	var asked atomic.Int64
	s := askSite(t, func(context.Context, Question, io.Writer) (string, error) {
		asked.Add(1)
		return "", nil
	})
	viewer, analyst := s.signedIn("sales"), s.signedIn("all")
	nowhere := viewer.get("/nowhere").text
	form := url.Values{"sql": {"from calls"}, "format": {"csv"}}
	for _, path := range []string{"/ask", "/ask/queries", "/ask/queries/groups", "/ask/queries/none", "/ask/catalog"} {
		if a := viewer.get(path); a.StatusCode != http.StatusNotFound || a.text != nowhere {
			t.Errorf("a viewer at %s: %s", path, a.Status)
		}
		if a := s.browser().get(path); a.StatusCode != http.StatusSeeOther {
			t.Errorf("without a session at %s: %s", path, a.Status)
		}
	}
	for _, path := range []string{"/ask", "/ask/queries/groups"} {
		if a := viewer.do(http.MethodPost, path, form); a.StatusCode != http.StatusNotFound || a.text != nowhere {
			t.Errorf("a viewer asks %s: %s", path, a.Status)
		}
		if a := s.browser().do(http.MethodPost, path, form); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("without a session: %s", a.Status)
		}
		analyst.header = http.Header{"Sec-Fetch-Site": {"cross-site"}}
		if a := analyst.do(http.MethodPost, path, form); a.StatusCode != http.StatusForbidden {
			t.Errorf("another site asks: %s", a.Status)
		}
		analyst.header = http.Header{}
	}
	if strings.Contains(viewer.get("/").text, "/ask") || !strings.Contains(analyst.get("/").text, `href="/ask"`) {
		t.Error("the navigation of a viewer leads to it, or that of an analyst does not")
	}
	if asked.Load() != 0 {
		t.Error("a question was asked")
	}
	if a := analyst.get("/ask/queries/none"); a.StatusCode != http.StatusNotFound {
		t.Errorf("a query that does not exist: %s", a.Status)
	}
	for path, want := range map[string]string{"/ask": `id="sql"`, "/ask/queries": "Every metric per group", "/ask/queries/groups": `name="minutes" value="" autocomplete="off" required`, "/ask/catalog": "a &lt;call&gt;"} {
		if a := analyst.get(path); a.StatusCode != http.StatusOK || !strings.Contains(a.text, want) {
			t.Errorf("%s: %s, lacks %s\n%s", path, a.Status, want, a.text)
		}
	}
}

func TestAnswers(t *testing.T) {
	var got Question
	rows, warning, failure := "", "", error(nil)
	s := askSite(t, func(_ context.Context, q Question, out io.Writer) (string, error) {
		got = q
		_, err := io.WriteString(out, rows)
		return warning, errors.Join(failure, err)
	})
	b := s.signedIn("all")
	ask := func(sql string) string {
		t.Helper()
		a := b.do(http.MethodPost, "/ask", url.Values{"sql": {sql}})
		if a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", sql, a.Status)
		}
		return a.text
	}
	contains := func(text string, parts ...string) {
		t.Helper()
		for _, part := range parts {
			if !strings.Contains(text, part) {
				t.Errorf("lacks %s:\n%s", part, text)
			}
		}
	}
	rows = `{"name":"<b>","n":1234567.25,"f":null}` + "\n" + `{"name":null,"n":-2026,"f":["a",1]}` + "\n"
	contains(ask("select '</textarea>'"), "<td>&lt;b&gt;</td>", `data-number="1234567.25">1,234,567.25</td><td></td>`, ">−2026<", "[&#34;a&#34;,1]", "2 rows", "select &#39;&lt;/textarea&gt;&#39;</textarea>")
	if got.SQL != "select '</textarea>'" || got.Format != formatRows || got.MaxRows != maxShownRows+1 {
		t.Errorf("asked %+v", got)
	}
	rows, warning = "", `no call has the group "Nope"`
	a := b.do(http.MethodPost, "/ask/queries/groups", url.Values{"group": {"Nope"}, "from": {""}, "other": {"x"}, "minutes": {"5"}})
	contains(a.text, "no call has the group &#34;Nope&#34;", "The result has no rows", `value="Nope"`)
	if fmt.Sprintf("%s %v", got.Query, got.Arguments) != "groups map[group:Nope minutes:5]" {
		t.Errorf("asked %+v", got)
	}
	rows, warning = strings.Repeat(`{"n":7}`+"\n", maxShownRows+1), ""
	text := ask("many")
	contains(text, "The first 1,000 rows")
	if n := strings.Count(text, ">7<"); n != maxShownRows {
		t.Errorf("%d rows are shown", n)
	}
	rows = strings.Repeat(`{"n":"`+strings.Repeat("x", 100_000)+`"}`+"\n", 50)
	if text = ask("large"); !strings.Contains(text, "The first 41 rows") || len(text) > 100_000 {
		t.Errorf("a large result has %d bytes", len(text))
	}
	rows = `{"n":"` + strings.Repeat("x", maxShownBytes) + `"}` + "\n"
	contains(ask("a large row"), "too large for the page")
	rows, failure = "", errors.New("Parser Error\n\nLINE 1: selct\n        ^\nhint: <select>")
	contains(ask("selct"), "<pre>Parser Error\n\nLINE 1: selct\n        ^\nhint: &lt;select&gt;</pre>")
	failure = ErrQueryMemory
	contains(ask("much"), "too much memory")
	failure, got = nil, Question{}
	contains(ask(" \n"), "There is no statement")
	contains(ask(strings.Repeat("x", maxQuestion+1)), "too long")
	if got.SQL != "" {
		t.Error("it was asked")
	}
	if a := b.do(http.MethodPost, "/ask", url.Values{"sql": {strings.Repeat("x", 5*maxQuestion)}}); a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a form without end: %s", a.Status)
	}
}

func TestFilesOfAnswers(t *testing.T) {
	failure, chunk, times, scratch := error(nil), "a,b\n1,2\n", 1, t.TempDir()
	s := askSite(t, func(ctx context.Context, q Question, out io.Writer) (string, error) {
		if q.MaxRows != 0 {
			t.Errorf("a file has %d rows at most", q.MaxRows)
		}
		if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
			t.Errorf("a process that is killed now leaves %v, %v", left, err)
		}
		for range times {
			if _, err := io.WriteString(out, chunk); err != nil {
				<-ctx.Done() // a process goes on until it is stopped
				return "", errors.New("stopped")
			}
		}
		return "", failure
	})
	s.server.options.ScratchDir = scratch
	b := s.signedIn("operator")
	for format, kind := range map[string]string{"csv": "text/csv; charset=utf-8", "xlsx": workbookType} {
		a := b.do(http.MethodPost, "/ask/queries/groups", url.Values{"format": {format}})
		if a.StatusCode != http.StatusOK || a.text != chunk || a.Header.Get("Content-Type") != kind || a.Header.Get("Content-Disposition") != "attachment; filename=groups."+format {
			t.Errorf("%s: %s %v %q", format, a.Status, a.Header, a.text)
		}
	}
	failure = errors.New("hint: spell it right")
	if a := b.do(http.MethodPost, "/ask", url.Values{"sql": {"selct"}, "format": {"csv"}}); !strings.Contains(a.text, "spell it right") || strings.Contains(a.text, "1,2") || a.Header.Get("Content-Disposition") != "" {
		t.Errorf("a query that fails: %s %v\n%s", a.Status, a.Header, a.text)
	}
	failure, chunk, times = nil, strings.Repeat("x", 1<<20), 101
	if a := b.do(http.MethodPost, "/ask", url.Values{"sql": {"large"}, "format": {"csv"}}); !strings.Contains(a.text, "too large") || len(a.text) > 1<<20 {
		t.Errorf("a large file: %s, %d bytes", a.Status, len(a.text))
	}
	if left, err := os.ReadDir(scratch); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestAQuestionEndsWhenItsBrowserLeaves(t *testing.T) {
	began, ended := make(chan string, 10), make(chan string, 10)
	finish := make(chan struct{})
	s := askSite(t, func(ctx context.Context, q Question, out io.Writer) (string, error) {
		began <- q.SQL
		select {
		case <-finish:
		case <-ctx.Done():
		}
		ended <- q.SQL
		return "", ctx.Err()
	})
	first, second, third := s.signedIn("all"), s.signedIn("operator"), s.signedIn("all")
	ask := func(b *browser, sql string) (leave func()) {
		ctx, cancel := context.WithCancel(t.Context())
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/ask", strings.NewReader(url.Values{"sql": {sql}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		go func() {
			if response, err := b.Do(request); err == nil {
				response.Body.Close()
			}
		}()
		return cancel
	}
	leave := ask(first, "one")
	if sql := <-began; sql != "one" {
		t.Fatal(sql)
	}
	if a := third.do(http.MethodPost, "/ask", url.Values{"sql": {"two"}}); a.StatusCode != http.StatusServiceUnavailable || !strings.Contains(a.text, "still running") {
		t.Errorf("a second question of a user: %s\n%s", a.Status, a.text)
	}
	defer ask(second, "three")()
	if sql := <-began; sql != "three" {
		t.Fatal(sql)
	}
	leave()
	if sql := <-ended; sql != "one" {
		t.Fatal(sql)
	}
	close(finish)
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		if a := third.do(http.MethodPost, "/ask", url.Values{"sql": {"four"}}); a.StatusCode == http.StatusOK {
			break
		}
		if time.Now().After(end) {
			t.Fatal("the user's place is not free again")
		}
	}
}

func TestQuestionsWaitInABoundedQueue(t *testing.T) {
	q := newQueue()
	for i := range maxQuestions {
		if _, reason := q.enter(fmt.Sprint(i)); reason != "" {
			t.Errorf("%d: %s", i, reason)
		}
	}
	if _, reason := q.enter("another"); reason != "queue_full" {
		t.Errorf("another: %q", reason)
	}
	var done []func()
	for range maxRunning {
		end, ok := q.begin(t.Context())
		if !ok {
			t.Fatal("it may not run")
		}
		done = append(done, end)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, ok := q.begin(ctx); ok {
		t.Error("too many run")
	}
	done[0]()
	done[0]() // which ends it once
	if _, ok := q.begin(t.Context()); !ok {
		t.Error("the next one may not run")
	}
	if _, ok := q.begin(ctx); ok {
		t.Error("too many run after the end of one")
	}
}

func TestFiguresOfAnswersAreThoseOfTheLocale(t *testing.T) {
	indian, err := locale.Parse("en-IN")
	if err != nil {
		t.Fatal(err)
	}
	f := formats{locale: indian}
	for number, want := range map[string]string{
		"0": "0", "2026": "2026", "9999.5": "9999.5", "12345": "12,345", "1234567": "12,34,567", "-1234567.12345": "−12,34,567.123", "0.8421": "0.842", "0.0004": "0", "-0.0001": "0",
		"12345678901234567": "12345678901234567", "1e300": "1e300",
	} {
		if got := f.figure(number); got != want {
			t.Errorf("%s: %s, want %s", number, got, want)
		}
	}
	r, err := f.readResult([]byte("{\"a\":1}\n{\"a\":2}\n{\"a\":"), 5)
	if err != nil || len(r.Rows) != 2 || !r.IsCut {
		t.Errorf("a result that ends within a row: %+v, %v", r, err)
	}
}
