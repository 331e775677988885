package importer

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"callsheet/internal/spool"
)

// TestRowsThatAddNothingAreKnown adds lines of the spool and rows of imports: a letter is a content of the one call, a number when it was
// reported; A+ is A with an empty time of leg A.
//
//	web A 1     a collector's line
//	import X 5  the following rows belong to the import X of an export that was made at 5
//	bare A      a line without times
//	row A       a row of the import; "row A known" and "row A known in X" if the spool has it
//	line A 3    a line of another collector, in the import
func TestRowsThatAddNothingAreKnown(t *testing.T) {
	for name, steps := range map[string]string{
		"a repeated row":                       "import X 5; row A; row A known",
		"a file that is imported twice":        "import X 5; row A; import Y 6; row A known in X",
		"a report that a webhook brought":      "web A 1; import X 5; row A known",
		"a correction back":                    "import X 5; row A; import Y 6; row B; import Z 7; row A; import V 8; row A known in Z; row B",
		"a correction back of webhooks":        "web A 1; web B 2; import X 5; row A; import Y 6; row A known in X",
		"a correction back, dated the same":    "import X 5; row A; import Y 5; row B; import Z 5; row A",
		"webhooks received again":              "web A 1; web B 2; web A 3; import X 5; row B known; row A",
		"an older export":                      "web A 1; web B 9; import X 5; row A; import Y 5; row A known in X",
		"an older export of what was reported": "web A 1; web B 7; web A 8; web C 9; import X 5; row A known",
		"rows of a transfer":                   "import X 5; row A; row B; import Y 6; row A known in X; row B known in X",
		"rows of a transfer, after webhooks":   "web A 1; web B 2; import X 5; row A; row B; import Y 6; row A known in X; row B known in X",
		"a row that is repeated after another": "import X 5; row A; row B; row A; import Y 6; row A known in X; row B known in X",
		"webhooks of the same moment":          "web A 1; web B 1; import X 5; row B known; row A",
		"lines without times":                  "bare A; bare B; import X 5; row B; import Y 6; row B known in X; row A",
		"a single line without times":          "bare A; import X 5; row A known",
		"a line without times and a webhook":   "bare A; web B 2; import X 5; row B known; row A",
		"the spool of another collector":       "web A 1; import X 0; line A 1 known; line B 2; line A 3; import Y 0; line B 2 known in X; line A 3 known in X",
		"an empty leg A after none":            "web A 1; import X 5; row A+; import Y 6; row A+ known in X; row A known in X",
		"none after an empty leg A":            "web A+ 1; import X 5; row A known; row A+ known",
		"an empty leg A of an earlier row":     "web A 1; web B 9; import X 5; row A+; import Y 5; row A+ known in X; row A known in X",
		"an empty leg A, received again":       "web A 1; web A+ 2; import X 5; row A+ known",
		"lines that were received earlier":     "web A 4; web B 5; import X 0; line A 3 known; line A 6",
	} {
		seen := NewSeen(nil)
		reported := int64(0)
		for step := range strings.SplitSeq(steps, "; ") {
			words := strings.Fields(step)
			line := spool.Identity{Call: 1, Content: uint64(words[1][0]), LegA: strings.HasSuffix(words[1], "+")}
			switch words[0] {
			case "web", "line":
				fmt.Sscan(words[2], &line.ReportedAt)
			case "row":
				line.ReportedAt, line.Imported = reported, true
			case "import":
				seen.begin(words[1])
				fmt.Sscan(words[2], &reported)
				continue
			}
			_, want, _ := strings.Cut(step, "known")
			if words[0] == "web" || words[0] == "bare" {
				seen.current = 0
				seen.add(line)
				continue
			}
			in, has := seen.has(line, words[0] == "line")
			if has != strings.Contains(step, "known") || has && strings.TrimPrefix(want, " in ") != in {
				t.Errorf("%s: %s: known %v, in %q", name, step, has, in)
			}
			if !has {
				seen.add(line)
			}
		}
	}
}

// TestSeenKeepsOnlyTheCallsThatAreImported: its memory does not depend on the spool.
func TestSeenKeepsOnlyTheCallsThatAreImported(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "2026-10-05.ndjson"), []byte(strings.Repeat("a\nb\nc\n", 100)+"B\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	seen := NewSeen([]*Importer{{candidates: &candidates{list: []candidate{{call: 'b'}}}}})
	identify := func(line []byte) spool.Identity {
		return spool.Identity{Call: uint64(line[0] | 0x20), Content: uint64(line[0]), ReportedAt: 1}
	}
	if err := seen.ReadSpool(t.Context(), dir, identify, func(int64, int64) {}); err != nil {
		t.Fatal(err)
	}
	if len(seen.newest) != 1 || len(seen.older) != 1 {
		t.Errorf("%d calls and %d older reports are kept, want those of one call", len(seen.newest), len(seen.older))
	}
	if _, has := seen.has(spool.Identity{Call: 'b', Content: 'B', ReportedAt: 2}, false); !has {
		t.Error("a row of the spool is not known")
	}
}
