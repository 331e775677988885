package report

import (
	"strings"
	"testing"
)

// TestReadingAnUnaskedColumnFailsTheBuild: the query may not have computed it, and an empty cell would say that it is unknown.
func TestReadingAnUnaskedColumnFailsTheBuild(t *testing.T) {
	q := &queryCache{}
	asked := []string{"calls", "call_group"}
	r := resultSet{columns: []string{"calls"}, rows: [][]any{{int64(3)}}, absent: func(column string) {
		q.noteAbsent(querySpec{name: "total"}, asked, column)
	}}
	if r.row(0).count("calls") != 3 || r.row(0).get("call_group") != nil || q.unasked != nil {
		t.Errorf("asked for: %v", q.unasked)
	}
	if r.row(0).get("offered") != nil || q.unasked == nil || !strings.Contains(q.unasked.Error(), "column offered of query total") {
		t.Errorf("not asked for: %v", q.unasked)
	}
}
