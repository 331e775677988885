package report

import (
	"fmt"
	"strings"
	"testing"
)

// TestHeadersToFillInDiffer: Excel repairs a table of which two headers differ in case only.
func TestHeadersToFillInDiffer(t *testing.T) {
	parse := func(fillIn string) (*Definition, error) {
		return Parse("small", fmt.Appendf(nil, "title: T\nsheets:\n  - {kind: table, name: G, query: groups, columns: [call_group, offered, missed],"+
			" labels: {missed: Lost}, fill_in: [%s]}", fillIn), "")
	}
	for fillIn, want := range map[string]string{
		"Done, done": `fill_in repeats the header "done" of fill_in`, "Done, Done": `fill_in repeats the header "Done" of fill_in`,
		"LOST": `fill_in repeats the header "LOST" of labels`, `Taken, "Done\nby", "done by"`: `fill_in repeats the header "done by" of fill_in`,
		`""`: "a column to fill in has no header",
	} {
		if _, err := parse(fillIn); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "hint: ") {
			t.Errorf("%s: %v, want %s", fillIn, err, want)
		}
	}
	// The headers of metrics are known only when the table is written.
	d, err := parse("Done, OFFERED, Offered 2")
	if err != nil {
		t.Fatal(err)
	}
	path, _ := build(t, d, &testSource{calls: testMonth()}, request(t, "yesterday"))
	rows, err := open(t, path).GetRows("G")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[headerRow-1], ", "); got != "Group, Offered, Lost, Done, OFFERED 2, Offered 2 2" {
		t.Errorf("the headers are %s", got)
	}
}
