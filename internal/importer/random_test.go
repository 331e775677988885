package importer

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

var seeds = flag.Uint64("seeds", 100, "how many random tables a test tries")

// randomCell has what breaks readers of CSV: separators, quotes, line endings, blanks.
func randomCell(rng *rand.Rand) string {
	var cell strings.Builder
	for range rng.IntN(5) {
		cell.WriteString([]string{"a", "é", "बि", ",", ";", "\t", `"`, `""`, "\n", " ", "0", "=", "'", "\u00a0", "x y", "Total"}[rng.IntN(16)])
	}
	return cell.String()
}

// damage does to a line what happens to files by hand: a quote too many, or a quote too few.
func damage(rng *rand.Rand, line string) string {
	at := rng.IntN(len(line))
	if i := strings.IndexByte(line[at:], '"'); i >= 0 && rng.IntN(2) == 0 {
		return line[:at+i] + line[at+i+1:]
	}
	for at > 0 && line[at]&0xc0 == 0x80 {
		at--
	}
	return line[:at] + `"` + line[at:]
}

// TestARowIsReadAsItIsOrRefused: other programs' rows have their values, or are refused; and damage to one row changes no other.
func TestARowIsReadAsItIsOrRefused(t *testing.T) {
	for seed := range *seeds {
		rng := rand.New(rand.NewPCG(seed, 17))
		separator := []rune{',', ';', '\t'}[rng.IntN(3)]
		columns := []string{"CallSid", "StartTime", "TalkDuration", "Notes", "Remarks"}
		want := map[string][]string{}
		var text bytes.Buffer
		write := func(row []string) string {
			var line bytes.Buffer
			w := csv.NewWriter(&line)
			w.Comma, w.UseCRLF = separator, seed%2 == 0
			w.Write(row)
			w.Flush()
			return line.String()
		}
		text.WriteString(write(columns))
		damaged := map[string]bool{}
		for n := range 12 {
			row := []string{fmt.Sprintf("17911755%02d.5", n), "2026-10-05 10:15:02", fmt.Sprint(n), randomCell(rng), randomCell(rng)}
			line := write(row)
			if rng.IntN(6) == 0 {
				line, damaged[row[0]] = damage(rng, strings.TrimRight(line, "\r\n"))+"\n", true
			}
			text.WriteString(line)
			want[row[0]] = row
		}
		payloads, report, err := readContent(t, testReading(t), text.String())
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text.String())
		}
		read := map[string]bool{}
		for _, payload := range payloads {
			var got map[string]string
			if err := json.Unmarshal([]byte(payload), &got); err != nil {
				t.Fatal(err)
			}
			row, known := want[got["CallSid"]]
			if !known || damaged[row[0]] {
				continue // its own values may be damaged
			}
			read[row[0]] = true
			for i, column := range columns {
				if strings.ReplaceAll(got[column], "\r", "") != strings.ReplaceAll(row[i], "\r", "") {
					t.Errorf("seed %d: %s of %s is %q, want %q\n%s", seed, column, row[0], got[column], row[i], text.String())
				}
			}
		}
		multiline := 0
		for sid, row := range want {
			if strings.Contains(strings.Join(row, ""), "\n") {
				multiline++ // it can look like damage, and is refused then
			} else if !read[sid] && !damaged[sid] {
				t.Errorf("seed %d: %s is lost\n%s\n%v", seed, sid, text.String(), report.Rejects)
			}
		}
		if lost := len(want) - len(payloads); lost > 0 && report.Rejected+report.Skipped == 0 {
			t.Errorf("seed %d: %d rows are lost, none is refused\n%s\n%s", seed, lost, text.String(), strings.Join(payloads, "\n"))
		}
	}
}
