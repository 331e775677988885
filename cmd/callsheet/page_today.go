package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/live"
	"callsheet/internal/page"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/internal/sqlvalue"
	"callsheet/store"
)

const (
	maxPageCallers = 200
	pageHeatDays   = 7 // of the heat maps and of the missed callers
)

// maxLakeAge is how old figures of a lake get before they are recomputed: other machines load into it.
const maxLakeAge = 5 * time.Minute

// publishedData identifies the data that readers open.
func publishedData(c *config.Config, now time.Time) page.Published {
	path := c.ReadDatabase()
	info, err := os.Stat(path)
	if c.Store.Lake.Enabled() {
		now = now.Truncate(maxLakeAge)
		if err == nil && info.ModTime().After(now) { // the last load of this machine
			now = info.ModTime()
		}
		return page.Published{ID: now.String(), At: now}
	}
	if err != nil {
		return page.Published{}
	}
	copied, _ := filepath.EvalSymlinks(path)
	return page.Published{ID: fmt.Sprint(copied, info.Size(), info.ModTime().UnixNano()), At: info.ModTime()}
}

// readPageToday computes the figures of Today in a child process, which opens the database.
func readPageToday(ctx context.Context, p *pipeline.Pipeline, group string) (*page.Today, error) {
	var out bytes.Buffer
	command := child.Command{Args: []string{"page", "--today", "--group=" + group}, Stdout: &out, Memory: p.RunMemory(), Group: true}
	if err := p.RunChild(ctx, command); err != nil {
		return nil, err
	}
	today := &page.Today{}
	return today, json.Unmarshal(out.Bytes(), today)
}

// printToday computes the figures of Today, of a group or, if it is empty, of all calls, and prints them as JSON.
func (a *app) printToday(ctx context.Context, p *pipeline.Pipeline, group string) error {
	a.limitHeap()
	reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{})
	if err != nil {
		return err
	}
	defer reader.Close()
	t := todayQueries{ctx: ctx, reader: reader, day: period.Day(p.Now().In(p.Config.Zone())), group: group, zone: p.Config.Zone(), mask: p.Config.Page.MaskCallers}
	t.today.Day = t.day
	t.readFreshness(p)
	t.readComparison()
	t.readFigures()
	t.readHeat()
	t.readCallers()
	if group == "" {
		for _, row := range t.rows("groups", pageHeatDays, "calls") {
			if name := toText(row["call_group"]); name != "" {
				t.today.Groups = append(t.today.Groups, name)
			}
		}
	}
	if t.err != nil {
		return t.err
	}
	return json.NewEncoder(a.stdout).Encode(t.today)
}

// todayQueries fill in Today. After an error they do nothing.
type todayQueries struct {
	ctx    context.Context
	reader *store.Reader
	day    time.Time
	group  string
	zone   *time.Location
	mask   bool

	today  page.Today
	begins time.Time // of the data, by the clock of the report zone
	ends   time.Time
	err    error

	hasHoliday bool // the day or that of a week ago is a holiday, so that the two are not compared
}

// rows returns the rows of a named query for the last days and the group, by column. metrics are those that the query needs to compute.
func (t *todayQueries) rows(name string, days int, metrics ...string) (rows []map[string]any) {
	if t.err != nil {
		return nil
	}
	span, err := period.Between(t.day.AddDate(0, 0, 1-days), t.day)
	if err != nil {
		t.err = err
		return nil
	}
	arguments := pipeline.QueryArguments(span, nil)
	if t.group != "" {
		arguments["group"] = t.group
	}
	if len(metrics) > 0 {
		arguments["metrics"] = strings.Join(metrics, ",")
	}
	var columns []string
	t.err = t.reader.Query(t.ctx, name, arguments, func(names []string) error { columns = slices.Clone(names); return nil }, func(values []any) error {
		row := map[string]any{}
		for i, column := range columns {
			row[column] = values[i]
		}
		rows = append(rows, row)
		return nil
	})
	return rows
}

// readFreshness reads up to when the data goes, and since when deliveries wait for a load.
func (t *todayQueries) readFreshness(p *pipeline.Pipeline) {
	for _, row := range t.rows("freshness", 1) {
		t.today.Through, _ = row["complete_through"].(time.Time)
	}
	files, err := spool.List(p.Config.SpoolDir())
	if err != nil || t.err != nil {
		return // the page says that the spool cannot be read
	}
	waiting, err := t.reader.Waiting(t.ctx, files)
	t.today.WaitsFrom, t.err = waiting.Since, err
}

// readComparison reads which days are compared.
func (t *todayQueries) readComparison() {
	for _, row := range t.rows("compared_periods", 1) {
		day, why := sqlvalue.Wall(row["first_day"]), toText(row["left_out"])
		noCalls := toText(row["no_calls"])
		stretch, _ := row["stretch"].(int64)
		t.hasHoliday = t.hasHoliday || stretch <= 1 && why == "holiday"
		switch {
		case stretch == 0:
			t.begins, t.ends = sqlvalue.Wall(row["data_begins_at"]), sqlvalue.Wall(row["data_through"])
			t.today.IsHoliday, t.today.IsIncomplete, t.today.NoCalls = why == "holiday", why == "incomplete", noCalls
		case row["is_usual"] == true:
			t.today.Compared = append(t.today.Compared, day)
		case stretch <= 4 && (why == "holiday" || why == "incomplete"):
			if noCalls != "" {
				why = noCalls
			}
			t.today.LeftOut = append(t.today.LeftOut, page.LeftOut{Day: day, Why: why})
		}
	}
	if len(t.today.Compared) < 2 { // one day is no range
		t.today.Compared = nil
	}
}

// readFigures reads the key figures.
func (t *todayQueries) readFigures() {
	formats := map[string]string{}
	for _, row := range t.rows("metrics", 1) {
		formats[toText(row["name"])] = toText(row["format"])
	}
	for _, row := range t.rows("changes", 1, page.TodayMetrics()...) {
		name := toText(row["name"])
		figure := page.Figure{
			Name: name, Label: toText(row["label"]), Format: formats[name], Value: toNumber(row["value"]),
			UsualLow: toNumber(row["usual_low"]), UsualHigh: toNumber(row["usual_high"]), UsualVerdict: toText(row["usual_verdict"]),
			Goal: toNumber(row["goal"]), GoalVerdict: toText(row["goal_verdict"]),
		}
		if !t.hasHoliday {
			figure.WeekBefore = toNumber(row["week_before"])
		}
		t.today.Figures = append(t.today.Figures, figure)
	}
}

// readHeat reads the figures by hour of the last days, and which of the hours are closed.
func (t *todayQueries) readHeat() {
	open := map[string]bool{}
	isOpen := func(cell string) bool { return len(open) == 0 || open[cell] }
	hours := map[int]bool{} // that are shown
	for _, row := range t.rows("open_hours", pageHeatDays) {
		cell := cellOf(row)
		open[cell] = row["is_open"] == true
		if open[cell] {
			hours[hourOf(row)] = true
		}
	}
	today := t.day.Format(time.DateOnly)
	t.today.IsClosed = len(open) > 0
	for hour := range 24 {
		t.today.IsClosed = t.today.IsClosed && !open[cellKey(today, hour)]
	}
	cells := map[string]map[string]any{}
	volume, rate := "offered", "answer_rate"
	incoming, outgoing := false, false
	rows := t.rows("day_hours", pageHeatDays, "offered", "answer_rate", "outgoing", "connect_rate")
	for _, row := range rows {
		cells[cellOf(row)] = row
		hours[hourOf(row)] = true
		incoming, outgoing = incoming || row["offered"] != int64(0), outgoing || row["outgoing"] != int64(0)
	}
	if !incoming && outgoing {
		volume, rate = "outgoing", "connect_rate"
	}
	for _, name := range []string{volume, rate} {
		var figure page.Figure
		if i := slices.IndexFunc(t.today.Figures, func(f page.Figure) bool { return f.Name == name }); i >= 0 {
			figure = t.today.Figures[i]
		}
		heat := page.Heat{Name: name, Label: figure.Label, Format: figure.Format}
		for back := pageHeatDays - 1; back >= 0; back-- {
			heat.Days = append(heat.Days, t.day.AddDate(0, 0, -back))
		}
		for hour := range 24 {
			if len(rows) == 0 || !t.isBetween(hours, hour) {
				continue
			}
			line := page.HeatHour{Hour: hour}
			for _, day := range heat.Days {
				key := cellKey(day.Format(time.DateOnly), hour)
				cell := page.Cell{IsKnown: t.isKnown(day, hour), IsOpen: isOpen(key)}
				if row, found := cells[key]; found {
					cell.Value = toNumber(row[name])
				} else if zero := 0.0; cell.IsKnown && name == volume {
					cell.Value = &zero
				}
				line.Cells = append(line.Cells, cell)
			}
			heat.Hours = append(heat.Hours, line)
		}
		t.today.Heat = append(t.today.Heat, heat)
	}
}

// isBetween reports whether an hour is shown: those between the first and the last one with calls or business hours are.
func (t *todayQueries) isBetween(hours map[int]bool, hour int) bool {
	before, after := false, false
	for other := range hours {
		before, after = before || other <= hour, after || other >= hour
	}
	return before && after
}

// isKnown reports whether there is data of an hour.
func (t *todayQueries) isKnown(day time.Time, hour int) bool {
	from := day.Add(time.Duration(hour) * time.Hour)
	return !t.begins.IsZero() && from.Add(time.Hour).After(t.begins) && !from.After(t.ends)
}

// readCallers reads who waits for a call back.
func (t *todayQueries) readCallers() {
	for i, row := range t.rows("to_call_back", pageHeatDays) {
		if i >= maxPageCallers {
			t.today.More++
			continue
		}
		caller := page.Caller{
			Customer: display.Escape(toText(row["customer_number"])), Number: display.Escape(toText(row["virtual_number"])), Group: toText(row["call_group"]), Waits: toText(row["waiting"]),
		}
		if t.mask {
			caller.Customer = live.Mask(caller.Customer)
		}
		caller.First, _ = row["first_missed_at"].(time.Time)
		caller.Last, _ = row["last_missed_at"].(time.Time)
		caller.Attempts, _ = row["attempts"].(int64)
		t.today.Callers = append(t.today.Callers, caller)
	}
}

// cellOf returns the key of a row's day and hour.
func cellOf(row map[string]any) string { return cellKey(toText(row["local_day"]), hourOf(row)) }

func cellKey(day string, hour int) string { return fmt.Sprint(day, " ", hour) }

func hourOf(row map[string]any) int {
	hour, _ := row["local_hour"].(int64)
	return int(hour)
}

// toText returns a value of a query as text, empty if it is NULL.
func toText(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// toNumber returns a value of a query as a number, nil if it is NULL.
func toNumber(v any) *float64 {
	n, isFloat := v.(float64)
	if i, ok := v.(int64); ok {
		n, isFloat = float64(i), true
	}
	if !isFloat {
		return nil
	}
	return &n
}
