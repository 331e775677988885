package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"callsheet/internal/atomicfile/crashfs"
)

// readable returns how many lines a reader of a folder gets.
func readable(t *testing.T, dir string) (lines int) {
	t.Helper()
	for _, payloads := range stored(t, dir) {
		lines += len(payloads)
	}
	return lines
}

func TestReadersGetNoLineBeforeItIsSynced(t *testing.T) {
	t.Parallel()
	o, c := testOptions(t.TempDir())
	files := &recording{}
	o.Files = files
	w := open(t, o)
	for day := range 2 {
		for i := range 3 {
			stored := day*3 + i
			// On the second day the failed group stays in the file, and a new part begins.
			files.set(map[string]error{"sync": syscall.EIO})
			if day == 1 {
				files.set(map[string]error{"sync": syscall.EIO, "truncate": syscall.EIO})
			}
			if w.Append(t.Context(), []Envelope{delivery(`{"n":"lost"}`)}, ignoreTimeout) == nil {
				t.Fatal("acknowledged without a sync")
			}
			if got := readable(t, o.Dir); got != stored {
				t.Fatalf("%d lines can be read, %d are synced", got, stored)
			}
			files.set(nil)
			waitUntilStoring(t, w)
			mustAppend(t, w, fmt.Sprintf(`{"n":%d}`, stored))
			if got := readable(t, o.Dir); got != stored+1 {
				t.Fatalf("%d lines can be read after an answer, %d are synced", got, stored+1)
			}
		}
		c.set(c.now().AddDate(0, 0, 1))
	}
}

// TestMarkedLinesSurviveEveryCrash requires that all lines that a reader saw before a crash exist after it.
func TestMarkedLinesSurviveEveryCrash(t *testing.T) {
	last := operations(t)
	for at := 1; at <= last; at++ {
		for seed := range uint64(4) {
			disk := crashfs.New(seed)
			disk.CrashAt = at
			o, c := testOptions("/spool")
			o.Files, o.lock, o.reserve = disk, noLock, crashfs.BlockSize
			w, err := Open(o)
			if err != nil {
				continue
			}
			newRecord().send(w, c, "marked")
			seen := map[string]string{} // as readers see it at the crash
			files, err := list(disk, "/spool")
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				seen[file.Path] = disk.Node(file.Path).Written()[:file.Durable]
			}
			w.Close()
			after := disk.Crash(0)
			for path, content := range seen {
				node := after.Node(path)
				if content != "" && (node == nil || !strings.HasPrefix(node.Written(), content)) {
					t.Fatalf("crash in operation %d of %d: a reader had %d bytes of %s that are missing", at, last, len(content), path)
				}
			}
		}
	}
}

func TestEveryLineIsReadableWithoutAWriter(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	w := open(t, o)
	mustAppend(t, w, `{"n":1}`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(filepath.Join(o.Dir, "2026-10-05.ndjson"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = file.WriteString(`{"payload":{"n":2}}` + "\n")
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	if got := readable(t, o.Dir); got != 2 {
		t.Errorf("%d lines can be read of 2", got)
	}
}

func TestDamagedMarkIsIgnored(t *testing.T) {
	durable := map[string]int64{"2026-10-05.ndjson": 12, "2026-10-05~2.ndjson": 0}
	text := appendMark(nil, durable)
	if got, ok := parseMark(append(text, "   "...)); !ok || len(got) != 2 || got["2026-10-05.ndjson"] != 12 {
		t.Fatalf("%q is %v, %v", text, got, ok)
	}
	for i := range text {
		damaged := append([]byte(nil), text...)
		damaged[i] ^= 1
		if got, ok := parseMark(damaged); ok {
			t.Errorf("%q is %v", damaged, got)
		}
		if got, ok := parseMark(text[:i]); ok {
			t.Errorf("%q is %v", text[:i], got)
		}
	}
}
