package report

import (
	"path/filepath"
	"strings"
	"testing"

	"callsheet/report/lint"
)

// identifiers are the headers under which digits are no figures.
var identifiers = []string{
	"Customer", "Call back", "Customer key", "Virtual number", "Agent number", "Agent", "Campaign", "Call SID", "Error code", "Source", "Group", "Before", "Now",
}

// lintBuilt wants a workbook that nobody complains of.
func lintWorkbook(t *testing.T, path string) {
	t.Helper()
	complaints, err := lint.Workbook(path, identifiers)
	if err != nil {
		t.Fatal(err)
	}
	if len(complaints) > 0 {
		t.Errorf("%d complaints about %s:\n%s", len(complaints), filepath.Base(path), strings.Join(complaints[:min(len(complaints), 20)], "\n"))
	}
}
