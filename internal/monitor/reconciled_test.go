package monitor

import (
	"strings"
	"testing"
)

// TestHintForDaysThatDiffer checks that --fix is the hint only if it would change something.
func TestHintForDaysThatDiffer(t *testing.T) {
	for want, status := range map[string]ReconciledStatus{
		"--to 2026-10-06 --fix takes in what the list has":                                         {Missing: 1, UnknownToVendor: 1},
		"--from 2026-10-05 --to 2026-10-06 --fix":                                                  {Differing: 1},
		"hint: callsheet query vendor_differences --from 2026-10-05 --to 2026-10-06 --source main": {UnknownToVendor: 1},
	} {
		status.Incomplete = []string{"2026-10-05", "2026-10-06"}
		var s Status
		s.warnOfDays("main", &status, nil, "")
		if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], want) {
			t.Errorf("got %q, want %q", s.Warnings, want)
		}
	}
}
