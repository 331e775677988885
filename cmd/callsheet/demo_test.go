package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"callsheet/internal/config"
	"callsheet/internal/demo"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/report"
	"callsheet/report/lint"
)

// plainCall is a call read from the spool without DuckDB and without the code under test.
type plainCall struct {
	direction, group, agent string
	day                     string
	weekday, hour           int
	offered, answered       bool
	talk                    int64
	coins                   float64
}

// plainFigures are figures computed from plainCalls.
type plainFigures struct {
	calls, offered, answeredIn, talk, longest, answered int64
	coins                                               float64
}

func (f *plainFigures) add(c plainCall) {
	f.calls++
	f.coins += c.coins
	if c.offered {
		f.offered++
	}
	if c.answered {
		f.answered++
		f.talk += c.talk
		f.longest = max(f.longest, c.talk)
		if c.direction == "IVR" {
			f.answeredIn++
		}
	}
}

var testDemo = demo.Options{Calls: 1500, Days: 14, Seed: 3}

// TestDemoFiguresAgree runs the demo and compares three sources of the same figures: `query`, the workbooks, and a simple computation
// over the lines of the spool.
func TestDemoFiguresAgree(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	a := testApp(time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC))
	if err := a.demo(context.Background(), demoOptions{dir: dir, calls: testDemo.Calls, days: testDemo.Days, seed: testDemo.Seed}); err != nil {
		t.Fatal(err)
	}
	a.configPath = filepath.Join(dir, "callsheet.yaml")
	useOneThread(t, a.configPath)
	query := &queryResults{app: a, rows: map[string][]map[string]any{}}
	var recovered int
	for _, row := range query.json(t, "reconciliations", "--from=2026-09-21 --to=2026-10-04") {
		recovered += int(row["recovered"].(float64))
		if row["is_complete"] != true {
			t.Errorf("a day is not complete: %v", row)
		}
	}
	if want := lostReports(testDemo.Calls); recovered != want {
		t.Errorf("%d calls are back from the vendor's list, want %d", recovered, want)
	}
	file := filepath.Join(dir, "week.duckdb")
	if got := runHere(t, "--config", a.configPath, "publish", file, "--from=2026-09-28", "--to=2026-10-04"); !strings.Contains(got, "of 7 days") {
		t.Errorf("publish: %s", got)
	}
	calls := plainCalls(t, filepath.Join(dir, "data", "spool"))
	if len(calls) != 1500 {
		t.Errorf("the spool has %d calls with a report, want 1500", len(calls))
	}
	const span = "--from=2026-09-21 --to=2026-10-04"
	by := func(name string, key func(plainCall) string) map[string]*plainFigures {
		groups := map[string]*plainFigures{}
		for _, c := range calls {
			k := key(c)
			if groups[k] == nil {
				groups[k] = &plainFigures{}
			}
			charged := c
			if strings.Contains(name, "agents") && c.direction == "IVR" && !c.answered {
				charged.coins = 0 // no agent is charged for an unanswered incoming call
			}
			groups[k].add(charged)
		}
		delete(groups, "-") // agents and group_agents have no row for calls without an agent
		return groups
	}
	for name, key := range map[string]func(plainCall) string{
		"days":   func(c plainCall) string { return c.day },
		"hours":  func(c plainCall) string { return fmt.Sprint(c.weekday, "|", c.hour) },
		"groups": func(c plainCall) string { return c.group },
		"agents": func(c plainCall) string { return orDash(c.agent, c.agent) },
		"group_agents": func(c plainCall) string {
			return orDash(c.agent, c.group+"|"+c.agent)
		},
		"summary": func(plainCall) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			rows := query.json(t, name, span)
			comparePlain(t, rows, by(name, key), strings.Split(map[string]string{
				"days": "local_day", "hours": "weekday|local_hour", "groups": "call_group", "agents": "agent",
				"group_agents": "call_group|agent", "summary": "",
			}[name], "|"))
		})
	}
	t.Run("workbooks", func(t *testing.T) { compareWorkbooks(t, a, query) })
}

func orDash(agent, key string) string {
	if agent == "" {
		return "-"
	}
	return key
}

// comparePlain checks that the rows have the expected keys and figures.
func comparePlain(t *testing.T, rows []map[string]any, want map[string]*plainFigures, dims []string) {
	t.Helper()
	seen := 0
	for _, row := range rows {
		var parts []string
		for _, dim := range dims {
			if dim != "" {
				parts = append(parts, strings.TrimPrefix(fmt.Sprint(row[dim]), "<nil>"))
			}
		}
		key := strings.Join(parts, "|")
		f := want[key]
		if f == nil {
			if row["calls"].(float64) != 0 { // a day without calls
				t.Errorf("%q is not in the spool: %v", key, row)
			}
			continue
		}
		seen++
		figures := map[string]any{
			"calls": f.calls, "offered": f.offered, "answered_in": f.answeredIn, "missed": f.offered - f.answeredIn,
			"answered": f.answered, "talk_seconds": f.talk, "coins": f.coins,
			"answer_rate": ratio(f.answeredIn, f.offered), "avg_talk_seconds": ratio(f.talk, f.answered),
			"longest_talk_seconds": nil,
		}
		if f.answered > 0 {
			figures["longest_talk_seconds"] = f.longest
		}
		for name, figure := range figures {
			if !isSame(row[name], figure) {
				t.Errorf("%q %s: query returns %v, the spool has %v", key, name, row[name], figure)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d rows of %d", seen, len(want))
	}
}

func ratio(a, b int64) any {
	if b == 0 {
		return nil
	}
	return float64(a) / float64(b)
}

func isSame(got, want any) bool {
	if want == nil || got == nil {
		return got == want
	}
	var wanted float64
	switch w := want.(type) {
	case string:
		return got == want
	case int64:
		wanted = float64(w)
	case float64:
		wanted = w
	}
	return math.Abs(got.(float64)-wanted) < 1e-9*max(1, math.Abs(wanted))
}

// compareWorkbooks builds every built-in report of two weeks and reads it back: each figure of each table equals that of `query`, each
// total that of summary, and lint has no complaints.
func compareWorkbooks(t *testing.T, a *app, query *queryResults) {
	const span = "--from=2026-09-21 --to=2026-10-04"
	p, err := a.open()
	if err != nil {
		t.Fatal(err)
	}
	reader, err := p.OpenReader(t.Context(), pipeline.ReaderOptions{Connections: report.Connections})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	source := report.NewCachedSource(reader) // the reports share most queries
	request := report.Request{Zone: p.Config.Zone(), Period: period.Period{
		From: time.Date(2026, 9, 21, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 10, 4, 0, 0, 0, 0, time.UTC)}}
	words := map[[2]string]any{} // that sheets show instead of the codes of a column
	for _, code := range query.json(t, "codes", "") {
		words[[2]string{code["name"].(string), code["code"].(string)}] = code["words"]
	}
	for _, name := range pipeline.TemplateNames(p.Config) {
		t.Run(name, func(t *testing.T) {
			definition, _, err := pipeline.Definition(p.Config, name)
			if err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), name+".xlsx")
			if _, err := definition.Build(t.Context(), source, request, path); err != nil {
				t.Fatal(err)
			}
			complaints, err := lint.Workbook(path, []string{"Customer", "Call back", "Virtual number", "Agent number", "Agent", "Campaign",
				"Call SID", "Error code", "Source", "Before", "Now"})
			if err != nil || len(complaints) > 0 {
				t.Errorf("%v, %s", err, strings.Join(complaints, "\n"))
			}
			book, err := excelize.OpenFile(path)
			if err != nil {
				t.Fatal(err)
			}
			defer book.Close()
			compared := 0
			for _, sheet := range definition.Sheets {
				arguments := span
				for key, value := range sheet.Filters {
					arguments += " --" + key + "=" + value
				}
				switch {
				case sheet.Days > 14: // the sheet goes back further than the query
				case slices.Contains([]string{"table", "trend", "detail"}, sheet.Kind):
					compared += compareSheet(t, book, sheet, words, query.json(t, sheet.Query, arguments),
						query.json(t, cmp.Or(sheet.TotalQuery, "summary"), arguments))
				}
			}
			if compared < 100 {
				t.Errorf("only %d cells were compared", compared)
			}
		})
	}
}

// compareSheet checks that a sheet's table has the rows of a query and, below it, the total.
func compareSheet(t *testing.T, book *excelize.File, sheet report.Sheet, words map[[2]string]any, rows, total []map[string]any) (compared int) {
	t.Helper()
	if len(rows) == 0 {
		return 0
	}
	table := readTable(t, book, sheet.Name)
	if len(table) != len(rows)+1 {
		t.Fatalf("%s: %d rows in the sheet, %d in the query", sheet.Name, len(table)-1, len(rows))
	}
	columns := slices.DeleteFunc(slices.Clone(sheet.Columns), func(name string) bool {
		hasFigure := func(row map[string]any) bool { return row[name] != nil && row[name] != 0.0 }
		return slices.Contains(sheet.Optional, name) && !slices.ContainsFunc(rows, hasFigure) && (sheet.Total == "" || !hasFigure(total[0]))
	})
	if by := sheet.Sections; by != nil {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, func(a, b map[string]any) int {
			return slices.Index(by.Order, a[by.By].(string)) - slices.Index(by.Order, b[by.By].(string))
		})
	}
	for i, cells := range table[1:] {
		for j, name := range columns {
			compared++
			want := rows[i][name]
			if name == "old" || name == "new" {
				continue // in words and formats
			}
			if code, ok := want.(string); ok && words[[2]string{name, code}] != nil {
				want = words[[2]string{name, code}]
			}
			if n, ok := want.(float64); ok && name == "weekday" {
				want = time.Weekday(int(n) % 7).String()
			}
			if !isSameCell(t, cells[j], name, want) {
				t.Errorf("%s row %d %s: %q in the sheet, %v in the query", sheet.Name, i, name, cells[j], want)
			}
		}
	}
	for j, name := range columns {
		want, ok := total[0][name]
		if sheet.Total == "" || j == 0 || !ok {
			continue
		}
		at, _ := excelize.CoordinatesToCellName(j+1, 4+len(rows)+2) // headers are in row 4, and a row is empty
		got, err := book.GetCellValue(sheet.Name, at, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		compared++
		if !isSameCell(t, got, name, want) {
			t.Errorf("%s total %s: %q in the sheet, %v in summary", sheet.Name, name, got, want)
		}
	}
	return compared
}

// isSameCell compares a raw cell with a query's value: text as text, durations and times in days, unknown as empty.
func isSameCell(t *testing.T, cell, name string, want any) bool {
	t.Helper()
	number, err := strconv.ParseFloat(cell, 64)
	switch w := want.(type) {
	case nil:
		return cell == "" || strings.HasPrefix(cell, "(no ")
	case string:
		at, isTime := time.Parse("2006-01-02T15:04:05Z07:00", w)
		if isTime != nil {
			at, isTime = time.Parse(time.DateOnly, w)
		}
		if isTime != nil {
			return cell == w
		}
		when, _ := excelize.ExcelDateToTime(number, false)
		return err == nil && when.Round(time.Second).Format(time.DateTime) == at.Format(time.DateTime)
	case bool:
		return cell == map[bool]string{true: "yes", false: "no"}[w]
	case []any:
		return len(w) == 0 == (cell == "")
	}
	if strings.HasSuffix(name, "_seconds") {
		number *= 86400 // Excel counts in days
	}
	return err == nil && isSame(number, want)
}

// readTable returns the raw content of a sheet's table, header first.
func readTable(t *testing.T, book *excelize.File, sheet string) [][]string {
	t.Helper()
	tables, err := book.GetTables(sheet)
	if err != nil || len(tables) == 0 {
		t.Fatalf("%s: tables %v, %v", sheet, tables, err)
	}
	var cells [][]string
	for i, table := range tables { // one, or one for each section
		cells = append(cells, readRange(t, book, sheet, table.Range)[min(i, 1):]...)
	}
	return cells
}

func readRange(t *testing.T, book *excelize.File, sheet, area string) [][]string {
	t.Helper()
	from, to, _ := strings.Cut(area, ":")
	left, top, _ := excelize.CellNameToCoordinates(from)
	right, bottom, _ := excelize.CellNameToCoordinates(to)
	var cells [][]string
	for y := top; y <= bottom; y++ {
		var row []string
		for x := left; x <= right; x++ {
			name, _ := excelize.CoordinatesToCellName(x, y)
			value, err := book.GetCellValue(sheet, name, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, value)
		}
		cells = append(cells, row)
	}
	return cells
}

func testApp(now time.Time) *app {
	return &app{stdout: io.Discard, stderr: io.Discard, now: func() time.Time { return now }}
}

// useOneThread adds a setting to a configuration; see tests.
func useOneThread(t *testing.T, config string) {
	t.Helper()
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, append(text, "\nstore: {threads: 1}\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
}

// invoke runs a command as a user does and returns its output.
func invoke(t *testing.T, a *app, arguments ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	inner := *a
	inner.stdout = &out
	root := newRoot(&inner)
	root.SetArgs(append([]string{"--config", a.configPath}, arguments...))
	if err := root.ExecuteContext(context.Background()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// queryResults keeps the results of queries, since many sheets show the same ones.
type queryResults struct {
	app  *app
	rows map[string][]map[string]any
}

// json returns the rows of `query NAME SPAN --format json`.
func (q *queryResults) json(t *testing.T, name, span string) []map[string]any {
	t.Helper()
	key := name + " " + span
	if rows, ok := q.rows[key]; ok {
		return rows
	}
	out := invoke(t, q.app, append([]string{"query", name, "--format", "json"}, strings.Fields(span)...)...)
	var rows []map[string]any
	if err := json.Unmarshal(out, &rows); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	q.rows[key] = rows
	return rows
}

// plainCalls reads the reports of a spool and keeps the latest known value of each field, by call.
func plainCalls(t *testing.T, spoolDir string) []plainCall {
	t.Helper()
	merged := map[string]map[string]string{}
	files, err := filepath.Glob(filepath.Join(spoolDir, "*.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	var live, reports []plainLine
	for _, path := range files {
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			line, ok := readPlain(lines.Bytes())
			switch {
			case ok && line.kind == "call_report":
				reports = append(reports, line)
			case ok && line.kind == "live_call":
				live = append(live, line)
			}
		}
		file.Close()
	}
	seen := map[string]bool{}
	for i, line := range append(live, reports...) { // a report outranks a live event
		if i < len(live) == (line.kind == "call_report") {
			t.Fatal("the lines are out of order")
		}
		fields := maps.Clone(line.fields)
		if line.kind == "live_call" {
			delete(fields, "Status")
		}
		if merged[line.key] == nil {
			merged[line.key] = map[string]string{}
		}
		if line.kind == "call_report" {
			seen[line.key] = true
		}
		for name, value := range fields {
			if value != "" && value != "0" && value != "Not Assigned" || name == "TalkDuration" && value != "" {
				merged[line.key][name] = value
			}
		}
	}
	var calls []plainCall
	for key, fields := range merged {
		if seen[key] {
			calls = append(calls, interpret(t, fields))
		}
	}
	return calls
}

type plainLine struct {
	kind, key string
	fields    map[string]string
}

func readPlain(text []byte) (plainLine, bool) {
	var envelope struct {
		Kind    string
		Source  string
		Payload map[string]any
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&envelope); err != nil || envelope.Payload == nil {
		return plainLine{}, false
	}
	fields := map[string]string{}
	for name, value := range envelope.Payload {
		switch v := value.(type) {
		case string:
			fields[name] = strings.TrimSpace(v)
		case json.Number:
			fields[name] = v.String()
		}
	}
	key := envelope.Source + "|" + fields["Direction"] + "|" + fields["CallSid"]
	return plainLine{envelope.Kind, key, fields}, fields["CallSid"] != ""
}

var (
	brackets = regexp.MustCompile(`\([^)]*\)`)
	noise    = regexp.MustCompile(`[^A-Z]`)
)

func interpret(t *testing.T, f map[string]string) plainCall {
	t.Helper()
	start, err := time.Parse(time.DateTime, strings.Join(strings.Fields(f["StartTime"]), " "))
	if err != nil {
		t.Fatalf("call %v: %v", f, err)
	}
	status := f["Status"]
	if status == "" {
		status = f["callstatus"]
	}
	word := noise.ReplaceAllString(strings.ToUpper(brackets.ReplaceAllString(status, "")), "")
	c := plainCall{
		direction: f["Direction"], group: f["call_group"], agent: f["receiver_name"],
		day: start.Format(time.DateOnly), weekday: (int(start.Weekday())+6)%7 + 1, hour: start.Hour(),
		answered: slices.Contains([]string{"ANSWER", "ANSWERED", "LEGALEGBANSWER"}, word),
	}
	c.offered = c.direction == "IVR" && word != "NOTCONNECTED"
	if c.group == "" {
		c.group = demo.NumberGroups()[f["DestinationNumber"]]
	}
	if c.agent == "" {
		c.agent = f["DialWhomNumber"]
		if c.direction == "WEBOBD" {
			c.agent = f["SourceNumber"]
		}
		if name := demo.Agents(testDemo)[c.agent]; name != "" {
			c.agent = name
		}
	}
	if c.answered {
		if c.talk, err = strconv.ParseInt(f["TalkDuration"], 10, 64); err != nil {
			t.Fatalf("call %v: %v", f, err)
		}
	}
	c.coins, _ = strconv.ParseFloat(f["coins"], 64)
	return c
}

// TestDemoConfigurationIsChecked checks that users can build on the demo's configuration.
func TestDemoConfigurationIsChecked(t *testing.T) {
	c, token, err := prepareDemo(filepath.Join(t.TempDir(), "demo"), testDemo)
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := c.ResolveTokens(c.Collector.Sources[0])
	if err != nil || !slices.Equal(tokens, []string{token}) {
		t.Errorf("tokens %v, %v", tokens, err)
	}
	if !maps.Equal(c.Business.NumberGroups, demo.NumberGroups()) {
		t.Errorf("number groups: %v", c.Business.NumberGroups)
	}
	if _, err := config.Parse([]byte(initTemplate)); err != nil {
		t.Errorf("the configuration of init: %v", err)
	}
}

// TestInterruptedDemoIsReplaced interrupts a demo in a new folder, and another one that replaces it.
func TestInterruptedDemoIsReplaced(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	o := demoOptions{dir: filepath.Join(t.TempDir(), "demo"), calls: 30, days: 2, seed: 1}
	a := testApp(time.Date(2026, 10, 5, 12, 0, 0, 0, time.UTC))
	interrupted, interrupt := context.WithCancel(t.Context())
	interrupt()
	for range 2 {
		if err := a.demo(interrupted, o); err == nil || o.hasDemo() || !o.isIncomplete() {
			t.Fatalf("a demo is there: %t, incomplete: %t; %v", o.hasDemo(), o.isIncomplete(), err)
		}
		if found := (demoOptions{dir: o.dir}).ofFolder(); found.calls != o.calls {
			t.Errorf("the stand-in has %d calls", found.calls)
		}
		if err := a.demo(t.Context(), o); err != nil || !o.hasDemo() || o.isIncomplete() {
			t.Fatalf("a demo is there: %t, incomplete: %t; %v", o.hasDemo(), o.isIncomplete(), err)
		}
	}
}
