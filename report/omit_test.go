package report

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSheetsWithoutRowsAreLeftOut builds a daily report without campaigns and late changes, and one with a campaign.
func TestSheetsWithoutRowsAreLeftOut(t *testing.T) {
	skipIfShort(t)
	call := testCall{sid: "1", at: time.Date(2026, 10, 4, 9, 5, 0, 0, india), group: "Sales", agent: "Asha", direction: "outgoing", outcome: "answered",
		answered: true, talk: 60, coins: 1}
	for _, campaign := range []string{"", "Diwali"} {
		call.camp = campaign
		path, result := build(t, readTemplate(t, "daily"), &testSource{calls: []testCall{call}}, request(t, "yesterday"))
		if slices.Contains(result.Sheets, "Campaigns") != (campaign != "") || slices.Contains(result.Sheets, "Late changes") {
			t.Errorf("campaign %q: the sheets are %v", campaign, result.Sheets)
		}
		rows, err := open(t, path).GetRows("Notes")
		if err != nil {
			t.Fatal(err)
		}
		var notes strings.Builder
		for _, row := range rows {
			notes.WriteString(strings.Join(row, " ") + "\n")
		}
		if want := "There is no sheet Campaigns. No campaign calls in this period."; strings.Contains(notes.String(), want) != (campaign == "") {
			t.Errorf("campaign %q: Notes are\n%s", campaign, notes.String())
		}
	}
}

// TestOptionalColumnsWithoutFiguresAreLeftOut builds a table in which one of two optional columns has a figure.
func TestOptionalColumnsWithoutFiguresAreLeftOut(t *testing.T) {
	skipIfShort(t)
	at := time.Date(2026, 10, 4, 9, 5, 0, 0, india)
	calls := []testCall{
		{sid: "1", at: at, group: "Sales", agent: "Asha", direction: "incoming", outcome: "answered", answered: true, talk: 60, coins: 1},
		{sid: "2", at: at, group: "Sales", agent: "Asha", direction: "incoming", outcome: "abandoned", coins: 0.5},
	}
	d, err := Parse("small", []byte("title: T\nsheets:\n  - {kind: table, name: Groups, query: groups, total: All,"+
		" columns: [call_group, calls, coins_failed_agent, coins_unanswered], optional: [coins_failed_agent, coins_unanswered]}"), "")
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{1: "Group Calls", 2: "Group Calls Coins on unanswered"} {
		path, _ := build(t, d, &testSource{calls: calls[:n]}, request(t, "yesterday"))
		rows, err := open(t, path).GetRows("Groups")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(rows[headerRow-1], " "); got != want {
			t.Errorf("%d calls: the columns are %q, want %q", n, got, want)
		}
	}
}
