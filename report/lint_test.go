package report

import (
	"path/filepath"
	"strings"
	"testing"

	"callsheet/report/lint"
)

// identifiers are the headers of columns whose cells may be text of digits.
var identifiers = []string{
	"Customer", "Call back", "Customer key", "Virtual number", "Agent number", "Agent", "Campaign", "Call SID", "Error code", "Source", "Group", "Before", "Now",
}

// lintWorkbook fails the test if lint finds a problem in a workbook.
func lintWorkbook(t *testing.T, path string) {
	t.Helper()
	problems, err := lint.Workbook(path, identifiers)
	if err != nil {
		t.Fatal(err)
	}
	if len(problems) > 0 {
		t.Errorf("%d problems about %s:\n%s", len(problems), filepath.Base(path), strings.Join(problems[:min(len(problems), 20)], "\n"))
	}
}
