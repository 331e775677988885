package spool

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"callsheet/internal/atomicfile"
)

var india = time.FixedZone("IST", 5*3600+1800)

// clock is a settable clock.
type clock struct{ nano atomic.Int64 }

func (c *clock) set(t time.Time) { c.nano.Store(t.UnixNano()) }
func (c *clock) now() time.Time  { return time.Unix(0, c.nano.Load()) }

func testOptions(dir string) (Options, *clock) {
	c := &clock{}
	c.set(time.Date(2026, 10, 5, 10, 15, 52, 123456789, india))
	return Options{Dir: dir, Zone: india, Now: c.now, Log: slog.New(slog.DiscardHandler)}, c
}

func open(t *testing.T, o Options) *Writer {
	t.Helper()
	w, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func delivery(payload string) Envelope {
	return Envelope{Source: "main", Kind: KindCallReport, Encoding: EncodingJSON, Payload: []byte(payload)}
}

// ignoreTimeout is for appends that may write themselves.
func ignoreTimeout() {}

func mustAppend(t *testing.T, w *Writer, payloads ...string) {
	t.Helper()
	var envelopes []Envelope
	for _, payload := range payloads {
		envelopes = append(envelopes, delivery(payload))
	}
	if err := w.Append(t.Context(), envelopes, ignoreTimeout); err != nil {
		t.Fatal(err)
	}
}

// stored reads the payloads of every line in the folder, by file.
func stored(t *testing.T, dir string) map[string][]string {
	t.Helper()
	files, err := List(dir)
	if err != nil {
		t.Fatal(err)
	}
	payloads := map[string][]string{}
	for _, file := range files {
		r, err := file.Open(0)
		if err != nil {
			t.Fatal(err)
		}
		for {
			line, err := r.Next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			var e struct{ Payload json.RawMessage }
			if err := json.Unmarshal(line.Text, &e); err != nil {
				t.Fatalf("%s at %d: %v: %q", file.Name, line.Offset, err, line.Text)
			}
			payloads[file.Name] = append(payloads[file.Name], string(e.Payload))
		}
		r.Close()
	}
	return payloads
}

func TestLineIsTheDocumentedEnvelope(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	w := open(t, o)
	if err := w.Append(t.Context(), []Envelope{
		delivery(`{"b":1.50,"a":"x"}`),
		{Source: "main", Kind: KindUnreadable, Encoding: EncodingForm, Body: []byte("\xff{")},
	}, ignoreTimeout); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(o.Dir, "2026-10-05.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		var e struct{ ID string }
		if err := json.Unmarshal([]byte(line), &e); err != nil || len(e.ID) != 26 {
			t.Fatalf("%q: %v", line, err)
		}
		want := []string{
			`{"id":"ID","received_at":"2026-10-05T10:15:52.123456+05:30","source":"main","kind":"call_report","encoding":"json","payload":{"b":1.50,"a":"x"}`,
			`{"id":"ID","received_at":"2026-10-05T10:15:52.123456+05:30","source":"main","kind":"unreadable","encoding":"form","body_base64":"/3s="`,
		}[i]
		covered := strings.Replace(want, "ID", e.ID, 1)
		want += fmt.Sprintf(`,"crc":"%08x"}`, crc32.Checksum([]byte(covered), crc32.MakeTable(crc32.Castagnoli)))
		if got := strings.Replace(line, e.ID, "ID", 1); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestConcurrentAppendsStayWholeAndTogether(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	w := open(t, o)
	const senders, each = 32, 20
	var sending sync.WaitGroup
	for s := range senders {
		sending.Go(func() {
			for i := range each {
				batch := []Envelope{delivery(fmt.Sprintf(`{"n":"%d-%d-a"}`, s, i)), delivery(fmt.Sprintf(`{"n":"%d-%d-b"}`, s, i))}
				if err := w.Append(t.Context(), batch, ignoreTimeout); err != nil {
					t.Error(err)
				}
			}
		})
	}
	sending.Wait()
	lines := stored(t, o.Dir)["2026-10-05.ndjson"]
	if len(lines) != 2*senders*each {
		t.Fatalf("%d lines of %d", len(lines), 2*senders*each)
	}
	for i := 0; i < len(lines); i += 2 {
		if strings.TrimSuffix(lines[i], `a"}`) != strings.TrimSuffix(lines[i+1], `b"}`) {
			t.Fatalf("an array was torn apart: %s, %s", lines[i], lines[i+1])
		}
	}
	if ids := storedIDs(t, o); !slices.IsSorted(ids) {
		t.Error("the ids do not increase in the order of the lines")
	}
}

// storedIDs returns the ids of the lines of 2026-10-05, in their order.
func storedIDs(t *testing.T, o Options) (ids []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(o.Dir, "2026-10-05.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		ids = append(ids, line[len(idPrefix):][:26])
	}
	return ids
}

func TestIDsIncreaseWhenTheClockIsSetBack(t *testing.T) {
	o, c := testOptions(t.TempDir())
	w := open(t, o)
	mustAppend(t, w, `{"n":1}`)
	c.set(c.now().Add(-time.Hour))
	mustAppend(t, w, `{"n":2}`, `{"n":3}`)
	ids := storedIDs(t, o)
	if len(ids) != 3 || !slices.IsSorted(ids) || ids[0] == ids[1] || ids[1] == ids[2] {
		t.Errorf("ids do not increase: %q", ids)
	}
}

func TestStampIsTheFormattedTime(t *testing.T) {
	zones := []*time.Location{india, time.UTC, time.FixedZone("", -3*3600)}
	var s stamp
	at := time.Date(2026, 10, 5, 23, 59, 58, 0, india)
	for i := range 3000 {
		at = at.Add(time.Duration(i*i%1_700) * time.Millisecond / 7)
		if i%100 == 0 {
			at = at.Add(-time.Second) // the clock is set back
		}
		now := at.In(zones[i/7%len(zones)])
		if got, want := string(s.set(now)), now.Format(receivedFormat); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}

func TestDayFollowsTheTimeZone(t *testing.T) {
	o, c := testOptions(t.TempDir())
	o.CollectorID = "delhi"
	w := open(t, o)
	c.set(time.Date(2026, 10, 5, 18, 29, 59, 0, time.UTC)) // 23:59:59 in India
	mustAppend(t, w, `{"n":"before"}`)
	c.set(time.Date(2026, 10, 5, 18, 30, 0, 0, time.UTC))
	mustAppend(t, w, `{"n":"after"}`)
	c.set(time.Date(2026, 10, 5, 18, 29, 0, 0, time.UTC))
	mustAppend(t, w, `{"n":"set back"}`)
	got := stored(t, o.Dir)
	if !slices.Equal(got["2026-10-05.delhi.ndjson"], []string{`{"n":"before"}`, `{"n":"set back"}`}) ||
		!slices.Equal(got["2026-10-06.delhi.ndjson"], []string{`{"n":"after"}`}) {
		t.Errorf("got %v", got)
	}
}

func TestTornTailIsQuarantinedAndNothingIsJoinedToIt(t *testing.T) {
	for name, torn := range map[string]string{"cut line": `{"id":"01K","recei`, "zeros": strings.Repeat("\x00", 100_000), "only torn": ""} {
		t.Run(name, func(t *testing.T) {
			o, _ := testOptions(t.TempDir())
			path := filepath.Join(o.Dir, "2026-10-05.ndjson")
			whole := `{"payload":{"n":1}}` + "\n"
			if torn == "" {
				whole, torn = "", `{"id`
			}
			if err := os.WriteFile(path, []byte(whole+torn), 0o600); err != nil {
				t.Fatal(err)
			}
			w := open(t, o)
			mustAppend(t, w, `{"n":2}`)
			want := []string{`{"n":1}`, `{"n":2}`}
			if whole == "" {
				want = want[1:]
			}
			if got := stored(t, o.Dir)["2026-10-05.ndjson"]; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
			if kept, err := os.ReadFile(path + ".torn-1"); err != nil || string(kept) != torn {
				t.Errorf("kept %q: %v", kept, err)
			}
		})
	}
}

func TestOneProcessPerFolder(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	w := open(t, o)
	_, err := Open(o)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("in use by process %d", os.Getpid())) {
		t.Fatalf("a second writer: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, o)
}

func TestOnlyTheOwnerCanReadTheFiles(t *testing.T) {
	o, _ := testOptions(filepath.Join(t.TempDir(), "spool"))
	w := open(t, o)
	mustAppend(t, w, `{}`)
	for path, want := range map[string]os.FileMode{o.Dir: 0o700 | os.ModeDir, filepath.Join(o.Dir, "2026-10-05.ndjson"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", path, info.Mode(), err)
		}
	}
}

func TestWiderFileModesAreRestricted(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	path := filepath.Join(o.Dir, "2026-10-05.ndjson")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chmod(path, 0o666)); err != nil {
		t.Fatal(err)
	}
	mustAppend(t, open(t, o), `{}`)
	if info, err := os.Stat(path); err != nil || info.Mode() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

func TestClosedWriterReturnsErrClosed(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	w := open(t, o)
	w.Close()
	if err := w.Append(t.Context(), []Envelope{delivery(`{}`)}, ignoreTimeout); !errors.Is(err, ErrClosed) {
		t.Errorf("append: %v", err)
	}
	if !errors.Is(w.Err(), ErrClosed) {
		t.Errorf("err: %v", w.Err())
	}
}

// failing is the real file system, in which the operation in fail fails.
type failing struct {
	atomicfile.OS
	fail *atomic.Pointer[string]
}

type failingFile struct {
	atomicfile.File
	fail *atomic.Pointer[string]
	dead bool // after a failed sync the file may only be truncated and closed
}

func (f failing) OpenAppend(path string) (atomicfile.File, error) {
	file, err := f.OS.OpenAppend(path)
	return &failingFile{File: file, fail: f.fail}, err
}

func (f failing) Create(path string) (atomicfile.File, error) {
	file, err := f.OS.Create(path)
	return &failingFile{File: file, fail: f.fail}, err
}

func (f failing) SyncDir(dir string) error {
	if f.failsAt("syncdir") {
		return syscall.EIO
	}
	return f.OS.SyncDir(dir)
}

func (f failing) failsAt(operation string) bool { return failsAt(f.fail, operation) }

func failsAt(fail *atomic.Pointer[string], operation string) bool {
	at := fail.Load()
	return at != nil && *at == operation
}

func (f *failingFile) Write(p []byte) (int, error) {
	if f.dead {
		return 0, errors.New("written to after a failed sync")
	}
	if failsAt(f.fail, "write") {
		n, _ := f.File.Write(p[:len(p)/2])
		return n, syscall.ENOSPC
	}
	return f.File.Write(p)
}

func (f *failingFile) Sync() error {
	if f.dead {
		return errors.New("synced again after a failed sync")
	}
	if failsAt(f.fail, "sync") {
		f.dead = true
		return syscall.EIO
	}
	return f.File.Sync()
}

func TestFailedGroupIsNotAcknowledgedAndIsTruncated(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"write", "sync"} {
		t.Run(operation, func(t *testing.T) {
			o, _ := testOptions(t.TempDir())
			fail := &atomic.Pointer[string]{}
			o.Files = failing{fail: fail}
			w := open(t, o)
			mustAppend(t, w, `{"n":1}`)
			fail.Store(&operation)
			if err := w.Append(t.Context(), []Envelope{delivery(`{"n":2}`)}, ignoreTimeout); err == nil {
				t.Fatal("a failed group was acknowledged")
			}
			if w.Err() == nil {
				t.Error("the writer reports no error")
			}
			fail.Store(nil)
			waitUntilStoring(t, w)
			mustAppend(t, w, `{"n":3}`)
			if got := stored(t, o.Dir)["2026-10-05.ndjson"]; !slices.Equal(got, []string{`{"n":1}`, `{"n":3}`}) {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestNewFilesFolderMustBeSynced(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	fail := &atomic.Pointer[string]{}
	o.Files = failing{fail: fail}
	w := open(t, o)
	operation := "syncdir"
	fail.Store(&operation)
	for range 2 { // the second time the file exists, and its folder is still not synced
		if err := w.Append(t.Context(), []Envelope{delivery(`{}`)}, ignoreTimeout); err == nil {
			t.Fatal("acknowledged without the folder's sync")
		}
	}
	fail.Store(nil)
	mustAppend(t, w, `{}`)
}

func TestServiceResumesWithoutTraffic(t *testing.T) {
	t.Parallel()
	o, _ := testOptions(t.TempDir())
	fail := &atomic.Pointer[string]{}
	o.Files = failing{fail: fail}
	w := open(t, o)
	operation := "write"
	fail.Store(&operation)
	if err := w.Append(t.Context(), []Envelope{delivery(`{}`)}, ignoreTimeout); err == nil {
		t.Fatal("acknowledged")
	}
	fail.Store(nil)
	waitUntilStoring(t, w)
	mustAppend(t, w, `{}`)
}

func waitUntilStoring(t *testing.T, w *Writer) {
	t.Helper()
	for deadline := time.After(10 * time.Second); w.Err() != nil; {
		select {
		case <-deadline:
			t.Fatalf("still failing: %v", w.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestQuoteNumbersKeepsEveryDigit(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1672649960.9604120,"b":[-1,2e5],"c":"10:15","d":"\"9\\","e":true}`: `{"a":"1672649960.9604120","b":["-1","2e5"],"c":"10:15","d":"\"9\\","e":true}`,
		`{"n":0012}`: `{"n":"0012"}`,
		`{"n":"0"}`:  `{"n":"0"}`,
	} {
		if got := QuoteNumbers([]byte(text)); string(got) != want {
			t.Errorf("%s: got %s", text, got)
		}
	}
}

func TestKindFollowsTypeThenFields(t *testing.T) {
	cases := map[string]string{
		`{"type":"call_report"}`:                   KindCallReport,
		`{"type":"live_call","EndTime":"x"}`:       KindLiveCall,
		`{"EndTime":"x","type":"add_member"}`:      KindOther,
		`{"type":"","TalkDuration":"4"}`:           KindCallReport,
		`{"type":null,"CallSid":"1"}`:              KindLiveCall,
		`{"CallSid":"1","LegB_Start_time":""}`:     KindCallReport,
		`{"CallSid":"1","x":{"EndTime":"nested"}}`: KindLiveCall,
		`{"CallSid":"EndTime"}`:                    KindLiveCall,
		`{"member":"x"}`:                           KindOther,
		`{}`:                                       KindOther,
	}
	for payload, want := range cases {
		if got := Kind([]byte(payload)); got != want {
			t.Errorf("%s: got %s, want %s", payload, got, want)
		}
	}
}

// Kind is called for every delivery and for every line of a load.
func TestKindOfAReportTakesOneAllocation(t *testing.T) {
	report := []byte(`{"SourceNumber":"1","Status":"ANSWER","EndTime":"x","CallSid":"1","call_group":"Sales","LegB_Start_time":"","coins":"1"}`)
	if n := testing.AllocsPerRun(100, func() { Kind(report) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func TestReaderStopsAtTheLastNewline(t *testing.T) {
	dir := t.TempDir()
	long := strings.Repeat("x", 3<<20)
	text := "one\r\n\n" + long + "\nunfinished"
	if err := os.WriteFile(filepath.Join(dir, "a.ndjson"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	files, err := List(dir)
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	r, err := files[0].Open(0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, want := range []Line{{Text: []byte("one")}, {Offset: 5}, {Offset: 6, Text: []byte(long)}} {
		got, err := r.Next()
		if err != nil || got.Offset != want.Offset || !bytes.Equal(got.Text, want.Text) {
			t.Fatalf("at %d: got offset %d, %d bytes, %v", want.Offset, got.Offset, len(got.Text), err)
		}
	}
	if _, err := r.Next(); err != io.EOF {
		t.Fatalf("after the last newline: %v", err)
	}
	if want := int64(len(text) - len("unfinished")); r.Offset() != want {
		t.Errorf("offset %d, want %d", r.Offset(), want)
	}
}
