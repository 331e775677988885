package store

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// A day whose spool file is missing lacks calls. There is a call at 10:00 on each Monday from 7 September to 12 October, and the file of
// 28 September is lost. So the usual range of 12 October is that of three Mondays, 5 October has no earlier day, and the 28th itself
// is compared with nothing.
func TestDaysOfFilesWithProblemsAreNotCompared(t *testing.T) {
	skipIfShort(t)
	t.Parallel()
	dir, files := t.TempDir(), map[string]string{}
	for n, day := range []string{"09-07", "09-14", "09-21", "09-28", "10-05", "10-12"} {
		files["2026-"+day+".ndjson"] = fmt.Sprintf(`{"CallSid": "c%d", "Direction": "IVR", "SourceNumber": "09000000001", `+
			`"DestinationNumber": "01204000001", "Status": "ANSWER", "StartTime": "2026-%s 10:00:00", "EndTime": "2026-%[2]s 10:01:00", `+
			`"TalkDuration": "30"}`, n, day) + "\n"
	}
	writeSpool(t, dir, files)
	load(t, dir, testSettings())
	if err := os.Remove(filepath.Join(dir, "spool", "2026-09-28.ndjson")); err != nil {
		t.Fatal(err)
	}
	load(t, dir, testSettings())
	reader := published(t, dir, testSettings())
	for _, c := range []struct{ day, stretch, want string }{
		{"2026-10-12", "1", "true true "}, {"2026-10-12", "2", "false false incomplete"}, {"2026-10-12", "3", "false true "},
		{"2026-10-05", "1", "true false incomplete"}, {"2026-10-05", "2", "false true "},
		{"2026-09-28", "0", "false false incomplete"}, {"2026-09-28", "1", "true false "},
	} {
		got := query(t, reader, fmt.Sprintf("select is_before || ' ' || is_usual || ' ' || coalesce(left_out, '') from compared_periods('%s', '%[1]s') where stretch = %s",
			c.day, c.stretch))[1][0]
		if got != c.want {
			t.Errorf("%s, stretch %s: got %q, want %q", c.day, c.stretch, got, c.want)
		}
	}
	for day, want := range map[string][]string{"2026-10-12": {"1", "3"}, "2026-10-05": {"", "2"}, "2026-09-28": {"", "0"}} {
		got := query(t, reader, fmt.Sprintf("select before, usual_n from changes('%s', '%[1]s') where name = 'calls'", day))[1]
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", day, got, want)
		}
	}
}
