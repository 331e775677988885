package report

import (
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// A summary whose only tile is of any metric asks for every column that its headline and findings read.
func TestASummaryHasAnyMetricAsItsOnlyTile(t *testing.T) {
	src := &testSource{calls: testMonth()}
	metrics := []string{"callers_lost", "coins", "service_level"} // of which a headline or a tile says more
	if !testing.Short() {
		metrics = nil
		_, rows := src.queryAll(t, "metrics", nil)
		for _, row := range rows {
			if metric := toText(row[0]); !slices.Contains(countedByAgent, metric) {
				metrics = append(metrics, metric)
			}
		}
	}
	for _, metric := range metrics {
		for _, calls := range []*testSource{src, {}} { // check builds on a store without calls
			d, err := Parse("one", []byte("title: X\nsheets: [{kind: summary, name: Summary, tiles: [{metric: "+metric+"}]}]"), "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := d.Build(t.Context(), calls, request(t, "yesterday"), filepath.Join(t.TempDir(), "out.xlsx")); err != nil {
				t.Errorf("%s, %d calls: %v", metric, len(calls.calls), err)
			}
		}
	}
}

// Of a period before the first delivery or still to come nothing is known, not even that there were no calls.
func TestAPeriodWithoutDataIsNotOneWithoutCalls(t *testing.T) {
	for period, want := range map[string]struct{ headline, tile string }{
		"2026-09-01": {"There is no data of this period: the first delivery came on Monday 7 September 2026.", "before the first delivery"},
		"2026-10-20": {"There is no data of this period yet.", "no data yet"},
	} {
		path, built := build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, request(t, period))
		if built.Headline != want.headline {
			t.Errorf("%s: the headline is %q", period, built.Headline)
		}
		for _, figure := range built.Figures {
			if figure.Value != "unknown" || figure.Change != want.tile {
				t.Errorf("%s: got the tile %+v", period, figure)
			}
		}
		for name, part := range parts(t, path) {
			if strings.Contains(part, ">no calls<") || strings.Contains(part, "No calls in this period") {
				t.Errorf("%s: %s says that there are no calls", period, name)
			}
		}
	}
}

func TestADayWithoutCallsLeadsToTheDataQuality(t *testing.T) {
	b := &book{def: readTemplate(t, "daily")}
	if got := b.noCalls(row{}).sheet; got != "Data quality" {
		t.Errorf("it leads to %q", got)
	}
}

func TestThatNothingNeedsAttentionIsNotCutOff(t *testing.T) {
	path, _ := build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, request(t, "2026-09-01"))
	f := open(t, path)
	nothing, err := f.SearchSheet("Summary", "^Nothing is known", true)
	if err != nil || len(nothing) != 1 {
		t.Fatal(nothing, err)
	}
	merged, err := f.GetMergeCells("Summary")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(merged, func(m excelize.MergeCell) bool { return m.GetStartAxis() == nothing[0] && m.GetEndAxis()[0] == 'L' }) {
		t.Errorf("%s is cut off at the end of the page", nothing[0])
	}
}

// The first day has no chart by day, under whose single column LibreOffice shows another date.
func TestOneDayIsNotDrawn(t *testing.T) {
	src := &testSource{}
	for _, c := range testMonth() {
		if c.at.Format(time.DateOnly) == "2026-10-04" {
			src.calls = append(src.calls, c)
		}
	}
	path, _ := build(t, readTemplate(t, "daily"), src, request(t, "yesterday"))
	all := ""
	for name, part := range parts(t, path) {
		all += part
		if strings.HasPrefix(name, "xl/charts/chart") && strings.Contains(part, "Answer rate") {
			t.Errorf("%s is of one day", name)
		}
	}
	for _, unwanted := range []string{"1 days", "Last day"} {
		if strings.Contains(all, unwanted) {
			t.Errorf("the workbook contains %q", unwanted)
		}
	}
}

// Titles, notes and labels of a definition are shown whole, each in its place.
func TestTextsOfADefinitionAreShownWhole(t *testing.T) {
	title := strings.TrimSpace(strings.Repeat("Long title ", 7))
	d, err := Parse("own", []byte("title: "+title+`
sheets:
  - {kind: summary, name: Summary, title: "Own `+title+`", note: A note of the summary., tiles: [{metric: agent_no_show, also: agent_no_show}, {metric: calls}]}
  - {kind: cards, name: Cards, query: agents, columns: [agent, agent_no_show, offered]}
  - {kind: notes, name: Notes, note: A note of the notes.}
`), "")
	if err != nil {
		t.Fatal(err)
	}
	path, _ := build(t, d, &testSource{calls: testMonth()}, request(t, "yesterday"))
	f := open(t, path)
	for at, want := range map[string]string{"Summary!B1": "Own " + title, "Summary!B6": "A note of the summary.", "Notes!A3": "A note of the notes."} {
		sheet, cell, _ := strings.Cut(at, "!")
		if got := shown(t, f, sheet, cell); got != want {
			t.Errorf("%s shows %q", at, got)
		}
	}
	for at, lines := range map[string]float64{"Summary!1": 2 * 30, "Summary!8": 2 * 13, "Summary!12": 2 * 13, "Cards!5": 3 * 13} {
		sheet, row, _ := strings.Cut(at, "!")
		n, _ := strconv.Atoi(row)
		if height, err := f.GetRowHeight(sheet, n); err != nil || height < lines {
			t.Errorf("row %s has a height of %v points, %v", at, height, err)
		}
	}
	footer := regexp.MustCompile(`<oddFooter>[^<]*</oddFooter>`).FindString(parts(t, path)["xl/worksheets/sheet1.xml"])
	if !strings.Contains(footer, "… · Sunday 4 October 2026") {
		t.Errorf("the footer is %s", footer)
	}
}
