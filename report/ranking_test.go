package report

import (
	"fmt"
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
