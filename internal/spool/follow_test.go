package spool

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// polled returns the payloads of the lines that a follower has not read before.
func polled(t *testing.T, f *Follower, now time.Time) (payloads []string) {
	t.Helper()
	err := f.Poll(now, func(text []byte) {
		for key, value := range Members(text) {
			if string(key) == "payload" {
				payloads = append(payloads, string(value))
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(payloads)
	return payloads
}

func wantPolled(t *testing.T, f *Follower, now time.Time, want ...string) {
	t.Helper()
	if got := polled(t, f, now); !slices.Equal(got, want) {
		t.Fatalf("got %s, want %s", got, want)
	}
}

func TestFollowerReadsWhatIsAppendedOnceItIsDurable(t *testing.T) {
	t.Parallel()
	o, c := testOptions(t.TempDir())
	files := &recording{}
	o.Files = files
	w := open(t, o)
	mustAppend(t, w, `{"n":1}`)
	f := Follow(o.Dir, c.now().Add(-time.Hour))
	now := time.Now() // of the files
	wantPolled(t, f, now, `{"n":1}`)
	wantPolled(t, f, now)
	for later := range 3 { // with and without a list of the folder
		now = now.Add(time.Duration(later) * 3 * time.Second)
		files.set(map[string]error{"sync": syscall.EIO})
		if w.Append(t.Context(), []Envelope{delivery(`{"n":"lost"}`)}, ignoreTimeout) == nil {
			t.Fatal("acknowledged without a sync")
		}
		wantPolled(t, f, now)
		files.set(nil)
		waitUntilStoring(t, w)
		want := fmt.Sprintf(`{"later":%d}`, later)
		mustAppend(t, w, want)
		wantPolled(t, f, now, want)
	}
	c.set(c.now().AddDate(0, 0, 1))
	mustAppend(t, w, `{"next":"day"}`)
	wantPolled(t, f, now.Add(time.Second), `{"next":"day"}`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	wantPolled(t, f, now.Add(time.Minute))
}

// writeLines writes a file of lines that are received a second apart, numbered from first.
func writeLines(t *testing.T, path string, from time.Time, first, count int) {
	t.Helper()
	var text []byte
	for i := range count {
		e := delivery(fmt.Sprintf(`{"n":%d}`, first+i))
		e.ID, e.ReceivedAt = "01", from.Add(time.Duration(i)*time.Second)
		text = e.AppendLine(text)
	}
	if strings.HasSuffix(path, ".zst") {
		w, err := zstd.NewWriter(nil)
		if err != nil {
			t.Fatal(err)
		}
		text = w.EncodeAll(text, nil)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFollowerBeginsWithTheTail(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	path := func(name string) string { return filepath.Join(dir, name) }
	since := now.Add(-time.Hour)
	recent := now.Add(-30 * time.Minute)
	writeLines(t, path("2025-10-02.ndjson.zst"), now.AddDate(-1, 0, 0), 4_000_000, 10) // archived just now
	writeLines(t, path("other.ndjson.zst"), now.Add(-48*time.Hour), 1_000_000, 10)
	writeLines(t, path(recent.Format(time.DateOnly)+"~2.ndjson.zst"), recent, 2_000_000, 10)
	writeLines(t, path("2026-10-04.import-101500000001.ndjson"), now, 3_000_000, 10)
	writeLines(t, path("2026-10-05.ndjson"), now.Add(-20_000*time.Second), 0, 20_000)
	if err := os.WriteFile(path("bare.ndjson"), []byte(strings.Repeat(`{"CallSid":"1","payload":"bare"}`+"\n", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, old := range []string{"other.ndjson.zst"} {
		if err := os.Chtimes(path(old), since.Add(-time.Hour), since.Add(-time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	got := polled(t, Follow(dir, since), now)
	for _, want := range []string{`{"n":16400}`, `{"n":19999}`, `{"n":2000000}`, `{"n":2000009}`} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, tooMany := range []string{`{"n":0}`, `{"n":10000}`, `{"n":1000000}`, `{"n":3000000}`, `{"n":4000000}`, `"bare"`} {
		if slices.Contains(got, tooMany) {
			t.Errorf("%s is read", tooMany)
		}
	}
	if len(got) > 3600+10+searchStep/100 {
		t.Errorf("%d lines are read", len(got))
	}
}

func TestFollowerReadsAnArchivedFileOnce(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	plain := filepath.Join(dir, "2026-10-05.ndjson")
	writeLines(t, plain, now.Add(-time.Minute), 0, 3)
	f := Follow(dir, now.Add(-time.Hour))
	wantPolled(t, f, now, `{"n":0}`, `{"n":1}`, `{"n":2}`)
	writeLines(t, plain+".zst", now.Add(-time.Minute), 0, 4)
	if err := os.Remove(plain); err != nil {
		t.Fatal(err)
	}
	wantPolled(t, f, now.Add(time.Second), `{"n":3}`)
	wantPolled(t, f, now.Add(time.Minute))
}

func TestFollowerReadsTheFirstDeliveryOfTheHourAtOnce(t *testing.T) {
	t.Parallel()
	o, c := testOptions(t.TempDir())
	w := open(t, o)
	mustAppend(t, w, `{"n":1}`)
	now := time.Now() // of the files
	for _, path := range []string{filepath.Join(o.Dir, "2026-10-05.ndjson"), o.Dir} {
		if err := os.Chtimes(path, now.Add(-2*time.Hour), now.Add(-2*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	f := Follow(o.Dir, c.now().Add(-time.Hour))
	polled(t, f, now)
	mustAppend(t, w, `{"n":2}`)
	wantPolled(t, f, now.Add(time.Second), `{"n":2}`)
}

func TestFollowerReadsTheOthersWhereAFileIsDamaged(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	damaged := filepath.Join(dir, "other.ndjson.zst")
	writeLines(t, filepath.Join(dir, "2026-10-05.ndjson"), now.Add(-time.Minute), 0, 1)
	if err := os.WriteFile(damaged, []byte("not zstd"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := Follow(dir, now.Add(-time.Hour))
	for i := range 3 {
		lines := 0
		err := f.Poll(now.Add(time.Duration(i)*100*time.Millisecond), func([]byte) { lines++ })
		if err == nil || !strings.Contains(err.Error(), "other.ndjson: ") || i == 0 && lines != 1 || i > 0 && lines != 0 {
			t.Errorf("poll %d: %v, %d lines", i, err, lines)
		}
	}
	writeLines(t, damaged, now.Add(-time.Minute), 7, 1)
	wantPolled(t, f, now.Add(time.Minute), `{"n":7}`)
}

// TestFollowerStopsAtTheDurableLength polls without a list of the folder, while the file grows faster than it is synced.
func TestFollowerStopsAtTheDurableLength(t *testing.T) {
	dir, now := t.TempDir(), time.Now()
	path, mark := filepath.Join(dir, "2026-10-05.ndjson"), filepath.Join(dir, markName)
	setDurable := func(lines int) {
		t.Helper()
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		length := 0
		for range lines {
			length += strings.Index(string(text[length:]), "\n") + 1
		}
		if err := os.WriteFile(mark, appendMark(nil, map[string]int64{filepath.Base(path): int64(length)}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	writeLines(t, path, now, 0, 1)
	setDurable(1)
	f := Follow(dir, now.Add(-time.Hour))
	wantPolled(t, f, now.Add(10*time.Second), `{"n":0}`) // listed long after the folder has changed
	writeLines(t, path, now, 0, 3)
	wantPolled(t, f, now.Add(11*time.Second))
	setDurable(2)
	wantPolled(t, f, now.Add(12*time.Second), `{"n":1}`)
	setDurable(3)
	wantPolled(t, f, now.Add(20*time.Second), `{"n":2}`) // with a list
}
