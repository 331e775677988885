package report

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"callsheet/internal/period"
)

func TestHourWithoutCallsIsDrawnAsZero(t *testing.T) {
	skipIfShort(t)
	at := func(hour int) testCall {
		return testCall{sid: fmt.Sprint(hour), at: time.Date(2026, 10, 4, hour, 5, 0, 0, india), group: "Sales", agent: "Asha",
			direction: "incoming", outcome: "answered", answered: true, talk: 60, wait: 5, coins: 0.25}
	}
	path, _ := build(t, readTemplate(t, "daily"), &testSource{calls: []testCall{at(9), at(12)}}, request(t, "yesterday"))
	rows, err := open(t, path).GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	var hours []string
	for _, row := range rows {
		if len(row) > 3 && len(row[1]) == 2 {
			hours = append(hours, row[1]+"="+row[2])
		}
	}
	if len(hours) != 4 || hours[0] != "09=1" || hours[1] != "10=0" || hours[2] != "11=0" || hours[3] != "12=1" {
		t.Errorf("the chart draws %v", hours)
	}
}

func TestChangeShowsDifferenceAndVerdict(t *testing.T) {
	b := &book{theme: defaultTheme(), req: Request{Period: period.Period{}}}
	compare := func(w columnMeta, now, before any, verdict string) string {
		b.totals = row{columns: []string{w.name, "calls"}, values: []any{now, int64(9)}}
		friday := time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC)
		b.compared.isOrdinary = true
		b.compared.earlier = period.Period{From: friday, To: friday}
		b.compared.figures = map[string]row{"calls": {columns: []string{"before"}, values: []any{9.0}},
			w.name: {columns: []string{"before", "verdict"}, values: []any{before, verdict}}}
		return b.change(w).text
	}
	missed := columnMeta{name: "missed", format: "count", good: "lower"}
	rate := columnMeta{name: "answer_rate", format: "rate", good: "higher"}
	offered := columnMeta{name: "offered", format: "count", good: "neutral"}
	talk := columnMeta{name: "talk_seconds", format: "duration", good: "neutral"}
	for _, c := range []struct {
		word        columnMeta
		now, before any
		verdict     string
		want        string
	}{
		{missed, int64(29), int64(23), "worse", "▲ 6 (+26.1%) vs last Friday, worse"},
		{missed, int64(1000), int64(2500), "better", "▼ 1,500 (−60.0%) vs last Friday, better"},
		{missed, int64(4), int64(0), "worse", "▲ 4 vs last Friday, worse"},
		{missed, int64(4), int64(4), "same", "= unchanged vs last Friday"},
		{rate, 0.842, 0.821, "better", "▲ 2.1 points vs last Friday, better"},
		{rate, 0.8, 0.9, "worse", "▼ 10.0 points vs last Friday, worse"},
		{rate, 0.84204, 0.84196, "better", "= unchanged vs last Friday"}, // 0.0 points
		{columnMeta{name: "coins_per_talk_minute", format: "coins"}, 1.3768, 1.3744, "worse", "= unchanged vs last Friday"},
		{rate, nil, 0.9, "", "no calls to measure"},
		{rate, 0.9, nil, "", ""},
		{offered, int64(386), int64(374), "neutral", "▲ 12 (+3.2%) vs last Friday"},
		{talk, int64(3600), int64(7325), "neutral", "▼ 1:02:05 (−50.9%) vs last Friday"},
	} {
		if got := compare(c.word, c.now, c.before, c.verdict); got != c.want {
			t.Errorf("%s %v after %v: got %q, want %q", c.word.name, c.now, c.before, got, c.want)
		}
	}
}

func TestCoinsShowAsManyDecimalsAsTheDataHas(t *testing.T) {
	coins := columnMeta{format: "coins", unit: "coins"}
	for _, c := range []struct {
		values []any
		want   string
	}{
		{[]any{1.0, 12.0, nil}, "#,##0"}, {[]any{1.0, 1.5}, "#,##0.0"}, {[]any{0.1 + 0.2, 1.25}, "#,##0.00"},
		{[]any{0.0625}, "#,##0.0000"}, {nil, "#,##0"},
	} {
		values := func(yield func(any) bool) {
			for _, v := range c.values {
				if !yield(v) {
					return
				}
			}
		}
		if got := (&book{}).numberFormat(coins, values); got != c.want {
			t.Errorf("%v: got %s, want %s", c.values, got, c.want)
		}
	}
}

// Refunds are drawn below the axis, and a heat map shows all decimals of coins.
func TestNegativeFiguresAreDrawnAndCoinsKeepTheirDecimals(t *testing.T) {
	skipIfShort(t)
	text := "title: T\nsheets:\n  - {kind: trend, name: Days, query: days, days: 3, columns: [local_day, coins], charts: [{title: C, columns: [coins]}]}\n" +
		"  - {kind: ranked, name: Groups, query: groups, columns: [call_group, coins]}\n  - {kind: heatmap, name: Hours, rows: day, days: 3, metrics: [coins]}"
	d, err := Parse("small", []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	const fromZero = `min val="0"`
	for _, refund := range []bool{false, true} {
		src := &testSource{calls: testMonth()}
		for i := range src.calls {
			if refund {
				src.calls[i].coins = -1.5
			}
		}
		path, _ := build(t, d, src, request(t, "yesterday"))
		for name, part := range parts(t, path) {
			if strings.HasPrefix(name, "xl/charts/chart") && strings.Contains(part, fromZero) == refund {
				t.Errorf("%s begins at 0: %v, with refunds: %v", name, !refund, refund)
			}
		}
		if got := formatOf(t, open(t, path), "Hours", "D6"); !strings.HasSuffix(got, ".0") {
			t.Errorf("coins by hour are shown as %q", got)
		}
	}
}
