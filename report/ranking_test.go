package report

import (
	"fmt"
	"strings"
	"testing"
)

// TestRankingsGoByRateAmongRowsWithEnoughCalls: the worst rate first, then the rows with too few calls in the order of the query.
func TestRankingsGoByRateAmongRowsWithEnoughCalls(t *testing.T) {
	b := &book{catalog: catalog{metrics: map[string]columnMeta{
		"answer_rate": {label: "Answer rate", good: "higher"}, "offered": {label: "Offered", format: "count", good: "neutral"},
		"agent_no_show_rate": {label: "Share the agent did not pick up", good: "lower"},
	}}}
	result := &resultSet{columns: []string{"call_group", "offered", "answer_rate"}, rows: [][]any{
		{"Sales", int64(50), 0.9}, {"Support", int64(20), 0.7}, {"Billing", int64(10), 0.7}, {"Few", int64(4), 0.0}, {"None", int64(0), nil},
	}}
	names := func(r *Ranking) (text, remark string) {
		rows, remark := b.rankedRows(r, result)
		for _, row := range rows {
			text += row[0].(string) + " "
		}
		return text, remark
	}
	columns := result.columns
	for i, c := range []struct {
		ranking      Ranking
		rows, remark string
	}{
		{Ranking{Columns: columns}, "Sales Support Billing Few None ", ""},
		{Ranking{Columns: columns, By: "answer_rate", Min: map[string]int64{"offered": 5}}, "Support Billing Sales Few None ",
			"Lowest answer rate first; 2 groups not ranked (offered below 5), at the end."},
		{Ranking{Columns: columns, By: "answer_rate", Min: map[string]int64{"offered": 5}, Top: 2}, "Support Billing ",
			"Lowest answer rate first; 2 groups not ranked (offered below 5), at the end."},
		{Ranking{Columns: columns, By: "offered"}, "Sales Support Billing Few None ", "Most offered first."},
		{Ranking{Columns: columns, By: "answer_rate", Min: map[string]int64{"offered": 500}}, "Sales Support Billing Few None ", ""},
	} {
		if rows, remark := names(&c.ranking); rows != c.rows || remark != c.remark {
			t.Errorf("%d: got %q, %q; want %q, %q", i, rows, remark, c.rows, c.remark)
		}
	}
	if got := fmt.Sprint(result.rows[0]); got != "[Sales 50 0.9]" {
		t.Errorf("the result has been sorted in place: %s", got)
	}
}

// A long name is neither printed smaller nor cut without a sign: it has two lines, and its sheet has all of it.
func TestLongNamesKeepTheirSize(t *testing.T) {
	const name = "Customer care for the northern and the eastern region, premium"
	src := &testSource{calls: testMonth()}
	for i := range src.calls {
		if src.calls[i].group == "Sales" {
			src.calls[i].group = name
		}
	}
	path, _ := build(t, readTemplate(t, "daily"), src, request(t, "yesterday"))
	f := open(t, path)
	cells, err := f.SearchSheet("Summary", "^Customer care .*…$", true)
	if err != nil || len(cells) != 1 {
		t.Fatalf("%v, %v", cells, err)
	}
	id, err := f.GetCellStyle("Summary", cells[0])
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	if style.Alignment.ShrinkToFit || !style.Alignment.WrapText {
		t.Errorf("the name has the alignment %+v", style.Alignment)
	}
	if whole, err := f.SearchSheet("Groups", name); err != nil || len(whole) != 1 {
		t.Errorf("Groups has the name in %v, %v", whole, err)
	}
}

// A note beside a wide first column is wrapped where it would be cut off at the end of the page.
func TestNotesAreWrappedOnPaper(t *testing.T) {
	src := &testSource{calls: testMonth()}
	for i := range src.calls {
		src.calls[i].group = strings.Repeat("Long name ", 7)
	}
	d, err := Parse("own", []byte("title: X\nsheets: [{kind: table, name: A, query: groups, columns: [call_group]}, {kind: table, name: S, query: groups, note: '"+
		strings.Repeat("A long note. ", 30)+"', columns: [call_group, offered, missed, answer_rate]}]"), "")
	if err != nil {
		t.Fatal(err)
	}
	path, _ := build(t, d, src, request(t, "yesterday"))
	f := open(t, path)
	merged, err := f.GetMergeCells("S")
	if err != nil || len(merged) != 1 || merged[0].GetStartAxis() != "B3" {
		t.Fatalf("merged are %v, %v", merged, err)
	}
	if height, err := f.GetRowHeight("S", 3); err != nil || height < 30 {
		t.Errorf("the note has a height of %v points, %v", height, err)
	}
}
