package spool

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestAByteOrderMarkIsNotPartOfALine: exports begin with one, and an editor may add one.
func TestAByteOrderMarkIsNotPartOfALine(t *testing.T) {
	const mark = "\ufeff"
	sound := string(collectorLine())
	for text, want := range map[string]string{
		mark + `{"CallSid":"1"}`: "", mark + sound: "", mark + strings.Replace(sound, "12.50", "12.51", 1): "checksum does not match",
		mark: "not a JSON object", mark + "[1]": "not a JSON object", mark + mark + "{}": "not a JSON object",
	} {
		has, err := Line{Text: []byte(text)}.check()
		if got := fmt.Sprint(err); err == nil && want != "" || err != nil && got != want || err == nil && has != strings.HasSuffix(text, sound) {
			t.Errorf("%q: %v, %v; want %q", text, has, err, want)
		}
	}
}

func TestVerifyReportsEveryDamagedLine(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		file, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		var w io.WriteCloser = uncompressed{file}
		if strings.HasSuffix(name, ".gz") {
			w = gzip.NewWriter(file)
		}
		io.WriteString(w, content)
		w.Close()
	}
	sound := string(collectorLine()) + "\n"
	flipped := strings.Replace(sound, "12.50", "12.51", 1)
	write("2026-10-05.ndjson", sound+"\n"+flipped+`{"CallSid":"1"}`+"\n[1]\n")
	write("2026-10-06.ndjson.gz", sound+flipped)
	write("2026-10-07.ndjson.zst", "no archive")
	write("2026-10-08.ndjson", sound+`{"torn`)
	var damaged []Damage
	var done, total int64
	sum, err := Verify(t.Context(), dir, "", func(d Damage) { damaged = append(damaged, d) }, func(d, of int64) { done, total = d, of })
	if err != nil {
		t.Fatal(err)
	}
	if want := (Verified{Files: 4, Lines: 8, Checked: 3, Without: 2, Damaged: 5}); sum != want {
		t.Errorf("got %+v, want %+v", sum, want)
	}
	if done != total || total == 0 {
		t.Errorf("%d bytes of %d are done", done, total)
	}
	slices.SortFunc(damaged, func(a, b Damage) int { return strings.Compare(a.File, b.File)*10 + int(a.Line-b.Line) })
	for i, want := range []Damage{
		{"2026-10-05.ndjson", 3, int64(len(sound) + 1), "checksum does not match"},
		{"2026-10-05.ndjson", 5, int64(2*len(sound) + 17), "not a JSON object"},
		{"2026-10-06.ndjson", 2, int64(len(sound)), "checksum does not match"},
		{"2026-10-07.ndjson", 1, 0, "cannot be read further"},
		{"2026-10-08.ndjson", 2, int64(len(sound)), "the last 6 bytes have no newline and are not a line"},
	} {
		if i >= len(damaged) {
			t.Fatalf("only %+v", damaged)
		}
		got := damaged[i]
		if got.File != want.File || got.Line != want.Line || got.Offset != want.Offset || !strings.HasPrefix(got.Reason, want.Reason) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}
