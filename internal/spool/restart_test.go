package spool

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/atomicfile"
)

// recording is the real file system. It records which folders were synced, and can fail operations.
type recording struct {
	atomicfile.OS
	mu       sync.Mutex
	synced   []string
	failures map[string]error // by operation
}

func (r *recording) failure(operation string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failures[operation]
}

func (r *recording) set(failures map[string]error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures, r.synced = failures, nil
}

func (r *recording) SyncDir(dir string) error {
	r.mu.Lock()
	r.synced = append(r.synced, dir)
	r.mu.Unlock()
	return r.OS.SyncDir(dir)
}

func (r *recording) wasSynced(dir string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Contains(r.synced, dir)
}

func (r *recording) OpenAppend(path string) (atomicfile.File, error) {
	file, err := r.OS.OpenAppend(path)
	return recordingFile{file, r}, err
}

func (r *recording) Create(path string) (atomicfile.File, error) {
	file, err := r.OS.Create(path)
	return recordingFile{file, r}, err
}

type recordingFile struct {
	atomicfile.File
	fs *recording
}

func (f recordingFile) Write(p []byte) (int, error) {
	if err := f.fs.failure("write"); err != nil {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, err
	}
	return f.File.Write(p)
}

func (f recordingFile) Sync() error {
	if err := f.fs.failure("sync"); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f recordingFile) Truncate(size int64) error {
	if err := f.fs.failure("truncate"); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

// A killed process may have written and synced a file whose name is not durable.
func TestFirstCommitAfterARestartSyncsTheFolder(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	if err := os.WriteFile(filepath.Join(o.Dir, "2026-10-05.ndjson"), []byte(`{"payload":{"n":1}}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	files := &recording{}
	o.Files = files
	w := open(t, o)
	files.set(nil)
	mustAppend(t, w, `{"n":2}`)
	if !files.wasSynced(o.Dir) {
		t.Error("acknowledged without the folder's sync")
	}
}

func TestNewFolderIsDurableBeforeAnythingIsStored(t *testing.T) {
	root := t.TempDir()
	o, _ := testOptions(filepath.Join(root, "data", "spool"))
	files := &recording{}
	o.Files = files
	open(t, o)
	for _, parent := range []string{root, filepath.Join(root, "data")} {
		if !files.wasSynced(parent) {
			t.Errorf("%s was not synced", parent)
		}
	}
}

func TestTornTailIsQuarantinedAtTheStart(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	path := filepath.Join(o.Dir, "2026-10-04.ndjson") // torn yesterday, started today
	if err := os.WriteFile(path, []byte("{}\n{\"id"), 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(o.Dir, "import-bar.ndjson") // as long as a date, of another program
	if err := os.WriteFile(foreign, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, o)
	if text, _ := os.ReadFile(foreign); string(text) != "{" {
		t.Errorf("the file of another program became %q", text)
	}
	if text, _ := os.ReadFile(path); string(text) != "{}\n" {
		t.Errorf("left %q", text)
	}
	if kept, err := os.ReadFile(path + ".torn-1"); err != nil || string(kept) != `{"id` {
		t.Errorf("kept %q: %v", kept, err)
	}
}

func TestIDsIncreaseAcrossARestartWithTheClockSetBack(t *testing.T) {
	o, c := testOptions(t.TempDir())
	w := open(t, o)
	first := []Envelope{delivery(`{}`)}
	if err := w.Append(t.Context(), first, ignoreTimeout); err != nil {
		t.Fatal(err)
	}
	w.Close()
	c.set(c.now().Add(-time.Hour))
	second := []Envelope{delivery(`{}`)}
	if err := open(t, o).Append(t.Context(), second, ignoreTimeout); err != nil {
		t.Fatal(err)
	}
	if second[0].ID <= first[0].ID {
		t.Errorf("%s came after %s", second[0].ID, first[0].ID)
	}
}

// A power loss may remove the bytes of a failed sync, including the newline before the next line.
func TestNothingIsAppendedAfterAFailedTruncation(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	files := &recording{}
	o.Files = files
	w := open(t, o)
	mustAppend(t, w, `{"n":1}`)
	files.set(map[string]error{"sync": syscall.EIO, "truncate": syscall.EIO})
	if w.Append(t.Context(), []Envelope{delivery(`{"n":2}`)}, ignoreTimeout) == nil {
		t.Fatal("a failed group was acknowledged")
	}
	files.set(map[string]error{"truncate": syscall.EIO})
	mustAppend(t, w, `{"n":3}`)
	files.set(nil)
	mustAppend(t, w, `{"n":4}`)
	all := stored(t, o.Dir)
	if got := all["2026-10-05.ndjson"]; !slices.Equal(got, []string{`{"n":1}`}) {
		t.Errorf("the file that was left has %v", got)
	}
	if got := all["2026-10-05~2.ndjson"]; !slices.Equal(got, []string{`{"n":3}`, `{"n":4}`}) {
		t.Errorf("the part after it has %v", got)
	}
}

func TestFullDiskDoesNotAccumulateTornFiles(t *testing.T) {
	t.Parallel()
	o, _ := testOptions(t.TempDir())
	path := filepath.Join(o.Dir, "2026-10-05.ndjson")
	files := &recording{}
	o.Files = files
	w := open(t, o)
	if err := os.WriteFile(path, []byte("{}\n{\"id"), 0o600); err != nil {
		t.Fatal(err)
	}
	files.set(map[string]error{"write": syscall.ENOSPC})
	for range 5 {
		if w.Append(t.Context(), []Envelope{delivery(`{}`)}, ignoreTimeout) == nil {
			t.Fatal("acknowledged")
		}
	}
	files.set(nil)
	waitUntilStoring(t, w)
	mustAppend(t, w, `{"n":1}`)
	kept, _ := filepath.Glob(path + ".torn-*")
	if len(kept) != 1 {
		t.Fatalf("%d torn files: %v", len(kept), kept)
	}
	if text, _ := os.ReadFile(kept[0]); string(text) != `{"id` {
		t.Errorf("kept %q", text)
	}
}

// A plain file hides an archive of the same name, and with it the archived day.
func TestLateDeliveryDoesNotHideTheArchiveOfItsDay(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	o.CollectorID = "delhi"
	archive := filepath.Join(o.Dir, "2026-10-05.delhi.ndjson.zst")
	if err := os.WriteFile(archive, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, open(t, o), `{"n":1}`)
	files, err := List(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, file := range files {
		names = append(names, filepath.Base(file.Path))
	}
	if want := []string{"2026-10-05.delhi.ndjson.zst", "2026-10-05.delhi~2.ndjson"}; !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

func TestAppendRejectsPayloadsWithNewlines(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	w := open(t, o)
	if err := w.Append(t.Context(), []Envelope{delivery(`{}`), delivery("{\n}")}, ignoreTimeout); err == nil {
		t.Error("a payload with a newline was stored")
	}
	if text, err := os.ReadFile(filepath.Join(o.Dir, "2026-10-05.ndjson")); err == nil && strings.Count(string(text), "\n") > 0 || err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("stored %q, %v", text, err)
	}
}

// TestTheLastPartOfADayIsRepaired: part 10 comes after part 9, and a day after all parts of the day before.
func TestTheLastPartOfADayIsRepaired(t *testing.T) {
	for last, others := range map[string][]string{
		"2026-10-05~10.ndjson": {"2026-10-05.ndjson", "2026-10-05~2.ndjson", "2026-10-05~9.ndjson", "2026-10-04~11.ndjson"},
		"2026-10-06.ndjson":    {"2026-10-05~10.ndjson", "2026-10-05.ndjson"},
	} {
		o, _ := testOptions(t.TempDir())
		for _, name := range append(others, last) {
			if err := os.WriteFile(filepath.Join(o.Dir, name), []byte("{}\ntorn"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		open(t, o)
		if text, err := os.ReadFile(filepath.Join(o.Dir, last)); err != nil || string(text) != "{}\n" {
			t.Errorf("%s beside %v was not repaired: %q %v", last, others, text, err)
		}
	}
}
