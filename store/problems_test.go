package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callsheet/internal/spool"
)

// problemsOf returns the problems in the published copy.
func problemsOf(t *testing.T, dir string) string {
	t.Helper()
	return lines(query(t, published(t, dir, testSettings()), "select file, problem from spool_files where problem is not null order by all")[1:])
}

// TestNewDeliveriesOfAChangedFileAreLoaded changes loaded lines in every way: deliveries with new ids are loaded, nothing is loaded
// twice, and the problem remains until a rebuild.
func TestNewDeliveriesOfAChangedFileAreLoaded(t *testing.T) {
	skipIfShort(t)
	line := func(id string, second int, coins string) string {
		return envelope(id, second, "call_report", `{"CallSid":"`+id+`","coins":"`+coins+`","EndTime":"2026-10-05 10:00:00"}`)
	}
	a, b, c := line("a", 1, "1"), line("b", 2, "2"), line("c", 3, "4")
	loadedDir := spoolOf(t, map[string]string{"a.ndjson": a + b})
	load(t, loadedDir, testSettings())
	for name, changed := range map[string]string{
		"a blank line before it":    "\n" + a + b,
		"a byte flipped":            a + line("b", 2, "3"),
		"cut back and written over": a,
		"in another order":          b + a,
		"a damaged line":            a + strings.Replace(b, "call_report", "call\x00report", 1),
		"a line put in":             a + line("z", 9, "0") + b,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := copyOf(t, loadedDir)
			writeSpool(t, dir, map[string]string{"a.ndjson": changed + c})
			for range 2 {
				if got := load(t, dir, testSettings()); len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "a.ndjson is") {
					t.Errorf("got %+v", got)
				}
			}
			appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), line("d", 5, "8"))
			load(t, dir, testSettings())
			reader := published(t, dir, testSettings())
			if got := query(t, reader, "select sum(coins), sum(deliveries) - count(*) from calls")[1]; got[0] != "15" || got[1] != "0" {
				t.Errorf("coins and duplicates: %v", got)
			}
			if got := problemsOf(t, dir); !strings.Contains(got, "load --rebuild") {
				t.Errorf("problems: %s", got)
			}
		})
	}
}

// TestRejectsOfAChangedFileAreThoseOfNow: those of before are gone, and what is appended later is read without the rest.
func TestRejectsOfAChangedFileAreThoseOfNow(t *testing.T) {
	line := func(id string, second int) string {
		return envelope(id, second, "call_report", `{"CallSid":"`+id+`","EndTime":"2026-10-05 10:00:00"}`)
	}
	dir := spoolOf(t, map[string]string{"a.ndjson": line("a", 1) + "rubbish\n" + line("b", 2)})
	load(t, dir, testSettings())
	writeSpool(t, dir, map[string]string{"a.ndjson": line("a", 1) + line("b", 2) + line("c", 3) + "garbage\n"})
	load(t, dir, testSettings())
	const rejects = "select line, text from rejects order by all"
	if got := lines(query(t, published(t, dir, testSettings()), rejects)[1:]); got != "4,garbage\n" {
		t.Errorf("rejects:\n%s", got)
	}
	appended := line("d", 4)
	appendTo(t, filepath.Join(dir, "spool", "a.ndjson"), appended)
	if got := load(t, dir, testSettings()); got.Calls != 4 || got.Lines != 1 || got.Bytes != int64(len(appended)) {
		t.Errorf("got %+v", got)
	}
	if got := lines(query(t, published(t, dir, testSettings()), rejects)[1:]); got != "4,garbage\n" {
		t.Errorf("rejects:\n%s", got)
	}
}

// TestLineEndingsAreNotAChange: CRLF instead of LF is not a change.
func TestLineEndingsAreNotAChange(t *testing.T) {
	dir := spoolOf(t, map[string]string{"a.ndjson": report("1") + report("2")})
	load(t, dir, testSettings())
	writeSpool(t, dir, map[string]string{"a.ndjson": strings.ReplaceAll(report("1")+report("2")+report("3"), "\n", "\r\n")})
	if got := load(t, dir, testSettings()); got.Calls != 3 || got.Lines != 1 || len(got.Warnings) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestMissingFileIsAProblemUntilRestored(t *testing.T) {
	dir := spoolOf(t, map[string]string{"a.ndjson": report("1"), "b.ndjson": report("2"), "empty.ndjson": ""})
	load(t, dir, testSettings())
	path := filepath.Join(dir, "spool", "a.ndjson")
	for _, name := range []string{path, filepath.Join(dir, "spool", "empty.ndjson")} {
		if err := os.Rename(name, filepath.Join(dir, filepath.Base(name))); err != nil {
			t.Fatal(err)
		}
	}
	if got := load(t, dir, testSettings()); len(got.Warnings) != 1 || !strings.HasPrefix(got.Warnings[0], "a.ndjson is missing from the spool; 1 of its lines is loaded") {
		t.Errorf("got %+v", got)
	}
	if got := problemsOf(t, dir); !strings.HasPrefix(got, "a.ndjson") {
		t.Errorf("problems: %s", got)
	}
	if err := os.Rename(filepath.Join(dir, "a.ndjson"), path); err != nil {
		t.Fatal(err)
	}
	if got := load(t, dir, testSettings()); len(got.Warnings) != 0 || problemsOf(t, dir) != "" {
		t.Errorf("got %+v", got)
	}
}

// TestChangedFileStaysAProblem while it is missing, and after the load that found the change was interrupted.
func TestChangedFileStaysAProblem(t *testing.T) {
	line := func(id string, second int) string {
		return envelope(id, second, "call_report", `{"CallSid":"`+id+`","EndTime":"2026-10-05 10:00:00"}`)
	}
	dir := spoolOf(t, map[string]string{"a.ndjson": line("a", 1) + line("b", 2)})
	load(t, dir, testSettings())
	check := func(want string) {
		t.Helper()
		if got := load(t, dir, testSettings()); len(got.Warnings) != 1 || !strings.HasPrefix(got.Warnings[0], want) {
			t.Errorf("got %+v", got)
		}
		if got := problemsOf(t, dir); !strings.Contains(got, want) {
			t.Errorf("problems: %s", got)
		}
	}
	changed := line("b", 2)
	for i := range 5000 {
		changed += line(fmt.Sprint("c", i), 3)
	}
	writeSpool(t, dir, map[string]string{"a.ndjson": changed})
	cancelledLoad(t, dir, int64(len(changed)/5), 3000)
	const want = "a.ndjson is not the file that was loaded before; "
	check(want)
	path, away := filepath.Join(dir, "spool", "a.ndjson"), filepath.Join(dir, "a.ndjson")
	if err := os.Rename(path, away); err != nil {
		t.Fatal(err)
	}
	check("a.ndjson is missing from the spool; ")
	if err := os.Rename(away, path); err != nil {
		t.Fatal(err)
	}
	check(want)
	check(want)
}

// TestUnreadableFileIsAProblemUntilItIsRead: it is reported by every load, its other lines and other files are loaded, and the load after its
// repair reads it.
func TestUnreadableFileIsAProblemUntilItIsRead(t *testing.T) {
	var many strings.Builder
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range 500 {
		many.WriteString(report(fmt.Sprint(i, ".", rng.Uint64())))
	}
	whole := gzipped(t, many.String())
	link := func(target string) func(path string) error {
		return func(path string) error { return os.Symlink(target, path) }
	}
	write := func(content string) func(path string) error {
		return func(path string) error { return os.WriteFile(path, []byte(content), 0o600) }
	}
	for name, test := range map[string]struct {
		file string
		make func(path string) error
	}{
		"cut archive":                  {"x.ndjson.gz", write(whole[:len(whole)-500])},
		"archive without its end":      {"x.ndjson.gz", write(whole[:len(whole)-4])},
		"no archive":                   {"x.ndjson.gz", write("not gzip")},
		"empty archive":                {"x.ndjson.gz", write("")},
		"cut zstd archive":             {"x.ndjson.zst", write("\x28\xb5\x2f\xfd")},
		"folder":                       {"x.ndjson", func(path string) error { return os.Mkdir(path, 0o700) }},
		"link to nothing":              {"x.ndjson", link("missing")},
		"link to itself":               {"x.ndjson", link("x.ndjson")},
		"link below a file":            {"x.ndjson", link("other.ndjson/x")},
		"archive that links to itself": {"x.ndjson.gz", link("x.ndjson.gz")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := spoolOf(t, map[string]string{"other.ndjson": report("other")})
			path := filepath.Join(dir, "spool", test.file)
			if err := test.make(path); err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if got := load(t, dir, testSettings()); len(got.Warnings) != 1 || !strings.HasPrefix(got.Warnings[0], "x.ndjson: ") {
					t.Errorf("got %+v", got)
				}
				if got := problemsOf(t, dir); !strings.HasPrefix(got, "x.ndjson") {
					t.Errorf("problems: %q", got)
				}
			}
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			writeSpool(t, dir, map[string]string{"x.ndjson.gz": whole})
			if got := load(t, dir, testSettings()); got.Calls != 501 || len(got.Warnings) != 0 || problemsOf(t, dir) != "" {
				t.Errorf("after the repair: %+v", got)
			}
		})
	}
}

// TestFileThatBecomesReadableCanBeACopy: of its lines, those of another file count once.
func TestFileThatBecomesReadableCanBeACopy(t *testing.T) {
	dir := spoolOf(t, map[string]string{"a.ndjson": report("1") + report("2"), "copy.ndjson.gz": "not gzip yet", "empty.ndjson": ""})
	load(t, dir, testSettings())
	writeSpool(t, dir, map[string]string{"copy.ndjson.gz": gzipped(t, report("1")+report("2")), "empty.ndjson": report("1") + report("2") + report("3")})
	if got := load(t, dir, testSettings()); got.Copies != 4 || got.Lines != 1 || got.Calls != 3 || len(got.Warnings) != 0 {
		t.Errorf("got %+v", got)
	}
}

// cancelledLoad begins to load dir/spool in batches of so many bytes, and is cancelled after some lines.
func cancelledLoad(t *testing.T, dir string, bytes, after int64) {
	t.Helper()
	db := openStore(t, Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: testNow})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := db.Load(ctx, LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main", batchBytes: bytes,
		Progress: func(_, _, lines int64) {
			if lines > after {
				cancel()
			}
		}})
	if err == nil || db.Close() != nil {
		t.Fatalf("the load was not cancelled: %v", err)
	}
}

// TestCancelledLoadGoesOnWithinAFile: a load that ends between two batches of a file has not read the file.
func TestCancelledLoadGoesOnWithinAFile(t *testing.T) {
	var text strings.Builder
	for i := range 5000 {
		text.WriteString(report(fmt.Sprint(i + 1)))
	}
	dir := spoolOf(t, map[string]string{"a.ndjson": text.String()})
	cancelledLoad(t, dir, int64(text.Len()/5), 3000)
	if loaded := query(t, published(t, dir, testSettings()), "select sum(lines) from loads")[1][0]; loaded == "" || loaded == "5000" {
		t.Fatalf("%s lines were loaded", loaded)
	}
	if got := load(t, dir, testSettings()); got.Calls != 5000 || len(got.Warnings) != 0 {
		t.Errorf("got %+v", got)
	}
}

// TestCopyOfABegunFileCountsOnce: the file of an interrupted load is read to its end before its copies, whatever their names are.
func TestCopyOfABegunFileCountsOnce(t *testing.T) {
	var text strings.Builder
	for i := range 3000 {
		text.WriteString(report(fmt.Sprint(i + 1)))
	}
	for _, copyName := range []string{"0.ndjson", "z.ndjson"} {
		t.Run(copyName, func(t *testing.T) {
			t.Parallel()
			dir := spoolOf(t, map[string]string{"m.ndjson": text.String()})
			cancelledLoad(t, dir, int64(text.Len()/5), 1800)
			writeSpool(t, dir, map[string]string{copyName: text.String() + report("another")})
			if got := load(t, dir, testSettings()); got.Calls != 3001 || len(got.Warnings) != 0 {
				t.Errorf("got %+v", got)
			}
			if got := query(t, published(t, dir, testSettings()), "select sum(deliveries) from calls")[1][0]; got != "3001" {
				t.Errorf("%s deliveries", got)
			}
		})
	}
}

// TestUnfinishedLineIsAProblemUntilItIsFinished: it may be just being written, and then nothing writes to the file any more.
func TestUnfinishedLineIsAProblemUntilItIsFinished(t *testing.T) {
	dir := spoolOf(t, map[string]string{"a.ndjson": report("1") + `{"CallSid":"2",`})
	path := filepath.Join(dir, "spool", "a.ndjson")
	if err := os.Chtimes(path, testNow(), testNow()); err != nil {
		t.Fatal(err)
	}
	loadAt := func(now time.Time) Summary {
		t.Helper()
		db := openStore(t, Options{Path: filepath.Join(dir, "calls.duckdb"), Settings: testSettings(), Now: func() time.Time { return now }})
		defer db.Close()
		got, err := db.Load(t.Context(), LoadOptions{SpoolDir: filepath.Join(dir, "spool"), DefaultSource: "main"})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := loadAt(testNow().Add(time.Second)); got.Calls != 1 || len(got.Warnings) != 0 {
		t.Errorf("while it is written: %+v", got)
	}
	for _, now := range []time.Time{testNow().Add(time.Hour), testNow().Add(time.Hour), testNow().Add(-time.Hour)} { // the last before the time of the file
		if got := loadAt(now); len(got.Warnings) != 1 || !strings.HasPrefix(got.Warnings[0], "a.ndjson ends within a line") {
			t.Errorf("at %s: %+v", now, got)
		}
	}
	if loads := query(t, published(t, dir, testSettings()), "select count(*) from loads")[1][0]; loads != "1" {
		t.Errorf("%s loads were recorded, although only one read something", loads)
	}
	appendTo(t, path, `"EndTime":"2026-10-05 10:00:00"}`+"\n")
	if got := loadAt(testNow().Add(time.Hour)); got.Calls != 2 || len(got.Warnings) != 0 {
		t.Errorf("once it is finished: %+v", got)
	}
}

// TestFilesOfAnInterruptedLoadAreReadOn: an earlier version stored that a file had been read that it had only begun to read.
func TestFilesOfAnInterruptedLoadAreReadOn(t *testing.T) {
	dir := spoolOf(t, map[string]string{"a.ndjson": report("1") + report("2")})
	path := filepath.Join(dir, "spool", "a.ndjson")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	hash := lineHash(1, []byte(strings.TrimSuffix(report("1"), "\n")))
	oldDatabase(t, filepath.Join(dir, "calls.duckdb"), "0033", fmt.Sprintf(`
		insert into spool_files (file, loaded_bytes, loaded_lines, lines_hash, disk_bytes, modified_at, first_loaded_at, last_loaded_at, changed, first_hash)
			values ('a.ndjson', %d, 1, %d, %d, make_timestamptz(%d), now(), now(), false, %[2]d)`, len(report("1")), hash, info.Size(), info.ModTime().UnixMicro()))
	if got := load(t, dir, testSettings()); got.Lines != 1 || got.Calls != 1 || len(got.Warnings) != 0 {
		t.Errorf("got %+v", got)
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestUnusualFileNames are loaded, or reported if they cannot be printed.
func TestUnusualFileNames(t *testing.T) {
	long := strings.Repeat("n", 255-len(".ndjson"))
	dir := spoolOf(t, map[string]string{
		"it's \"quoted\" \\ $1 %s.ndjson": report("1"), "日本.ndjson": report("2"), long + ".ndjson": report("3"), "-.ndjson": report("4"),
		"new\nline.ndjson": report("5"), "unit\x1fseparator.ndjson": "broken\n", "bad\xff\xfe.ndjson": report("6"), "esc\x1b[31m.ndjson": report("7"),
	})
	got := load(t, dir, testSettings())
	if got.Calls != 4 || len(got.Warnings) != 4 {
		t.Fatalf("got %+v", got)
	}
	for _, want := range []string{`"new\nline.ndjson" has a name`, `"unit\x1fseparator.ndjson"`, `"bad\xff\xfe.ndjson"`, `"esc\x1b[31m.ndjson"`} {
		if !strings.Contains(strings.Join(got.Warnings, "\n"), want) {
			t.Errorf("no %s in %q", want, got.Warnings)
		}
	}
}

// TestTooLongLineIsRejected: in a plain file, and in a small archive that expands to it. The reason has its length.
func TestTooLongLineIsRejected(t *testing.T) {
	dir := spoolOf(t, map[string]string{"a.ndjson": strings.Repeat("x", spool.MaxLine+1) + "\n" + report("1")})
	file, err := os.Create(filepath.Join(dir, "spool", "b.ndjson.gz"))
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(file)
	zeros := make([]byte, 1<<20)
	for range 64 {
		w.Write(zeros)
	}
	if _, err := w.Write([]byte("\n" + report("2"))); err != nil || w.Close() != nil || file.Close() != nil {
		t.Fatal(err)
	}
	if got := load(t, dir, testSettings()); got.Calls != 2 || got.Rejects != 2 {
		t.Fatalf("got %+v", got)
	}
	got := lines(query(t, published(t, dir, testSettings()), "select file, reason from rejects order by all")[1:])
	if !strings.Contains(got, "a.ndjson,line too long: ") || !strings.Contains(got, "b.ndjson,line too long: ") {
		t.Errorf("got %s", got)
	}
}

func TestLineWithWrongChecksumIsRejected(t *testing.T) {
	good := string(spool.Envelope{ID: "01K60000000000000000000001", ReceivedAt: testNow(), Source: "main", Kind: "call_report", Encoding: "json",
		Payload: []byte(`{"CallSid":"1","coins":"1"}`)}.AppendLine(nil))
	got := load(t, spoolOf(t, map[string]string{"a.ndjson": good + strings.Replace(good, `"coins":"1"`, `"coins":"9"`, 1)}), testSettings())
	if got.Calls != 1 || got.Rejects != 1 {
		t.Errorf("got %+v", got)
	}
}
