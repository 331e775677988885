package pagedata

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/display"
	"callsheet/internal/live"
	"callsheet/internal/monitor"
	"callsheet/internal/page"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/internal/sqlvalue"
	"callsheet/store"
)

const (
	maxCallers = 200
	heatDays   = 7 // of the heat maps, of the groups and of the missed callers
)

// readToday computes the figures of Today in a child process, which opens the database.
func readToday(ctx context.Context, p *pipeline.Pipeline, group string) (*page.Today, error) {
	var out bytes.Buffer
	args := []string{"page", "--today"}
	if group != "" {
		args = append(args, "--group="+group)
	}
	command := child.Command{Args: args, Stdout: &out, Memory: p.RunMemory(), Group: true}
	if err := p.RunChild(ctx, command); err != nil {
		return nil, err
	}
	today := &page.Today{}
	return today, json.Unmarshal(out.Bytes(), today)
}

// ComputeToday computes the figures of Today, of a group or, if it is empty, of all calls. It opens the database.
func ComputeToday(ctx context.Context, p *pipeline.Pipeline, group string) (*page.Today, error) {
	reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{})
	if err != nil {
		return nil, err
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
		for _, row := range t.rows("groups", heatDays, "calls") {
			if name := toText(row["call_group"]); name != "" {
				t.today.Groups = append(t.today.Groups, name)
			}
		}
	}
	return &t.today, t.err
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
	var publishedAt time.Time
	for _, row := range t.rows("freshness", 1) {
		t.today.Through, _ = row["complete_through"].(time.Time)
		publishedAt, _ = row["loaded_at"].(time.Time) // in a lake, what is committed can be read at once
	}
	if info, err := os.Stat(p.Config.ReadDatabase()); err == nil && !p.Config.Store.Lake.Enabled() {
		publishedAt = info.ModTime()
	}
	files, err := spool.List(p.Config.SpoolDir())
	if err != nil || t.err != nil {
		return // the page says that the spool cannot be read
	}
	waiting, err := t.reader.Waiting(t.ctx, files)
	t.today.WaitsSince, t.err = monitor.WaitsSince(waiting.Since, publishedAt), err
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
			t.today.HasIncoming, t.today.HasOutgoing = row["has_incoming"] == true, row["has_outgoing"] == true
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

// readCallers reads who waits for a call back.
func (t *todayQueries) readCallers() {
	for i, row := range t.rows("to_call_back", heatDays) {
		if i >= maxCallers {
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
