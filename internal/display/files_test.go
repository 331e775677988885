package display

import (
	"slices"
	"testing"
)

func TestGroupFiles(t *testing.T) {
	missing := func(name, lines string) string { return name + " is missing; " + lines + " of its lines are loaded" }
	few := []string{missing("a.ndjson", "3"), "b.ndjson ends within a line", missing("c.ndjson", "40"), missing("d.ndjson", "1")}
	if got := GroupFiles(few); !slices.Equal(got, few) {
		t.Errorf("%q", got)
	}
	many := append(slices.Clone(few), missing("e.ndjson", "5"))
	want := []string{"a.ndjson is missing; 3 of its lines are loaded; the same of 3 more files, c.ndjson to e.ndjson", few[1]}
	if got := GroupFiles(many); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	var queries []string
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		queries = append(queries, "queries/"+name+".sql: a statement that writes is refused")
	}
	if got := GroupFiles(queries); !slices.Equal(got, queries) {
		t.Errorf("%q", got)
	}
	if got := GroupFiles([]string{}); len(got) != 0 {
		t.Errorf("%q", got)
	}
}
