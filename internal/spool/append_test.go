package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"callsheet/internal/atomicfile"
)

// hanging is the real file system, whose syncs block until hang is closed.
type hanging struct {
	atomicfile.OS
	hang chan struct{}
}

type hangingFile struct {
	atomicfile.File
	hang chan struct{}
}

func (h hanging) OpenAppend(path string) (atomicfile.File, error) {
	file, err := h.OS.OpenAppend(path)
	return hangingFile{file, h.hang}, err
}

func (f hangingFile) Sync() error {
	<-f.hang
	return f.File.Sync()
}

// waitFor polls until a condition holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}

// lockedBuffer is a log that can be read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}

func TestHungDiskIsReportedAndSendersDoNotWait(t *testing.T) {
	o, c := testOptions(t.TempDir())
	var log lockedBuffer
	files := hanging{hang: make(chan struct{})}
	o.Files, o.stallAfter, o.Log = files, 20*time.Millisecond, slog.New(slog.NewTextHandler(&log, nil))
	w, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() { waiting <- w.Append(ctx, []Envelope{delivery(`{"n":1}`)}, nil) }()
	waitFor(t, "the writer says that the disk hangs", func() bool { return errors.Is(w.Err(), ErrStalled) })
	waitFor(t, "the log says so", func() bool { return strings.Contains(log.String(), "the disk does not respond") })
	if err := w.Append(t.Context(), []Envelope{delivery(`{"n":2}`)}, ignoreTimeout); !errors.Is(err, ErrStalled) {
		t.Errorf("a new delivery got %v", err)
	}
	c.set(c.now().Add(7 * time.Second))
	if age := w.OldestUncommitted(); age != 7*time.Second {
		t.Errorf("the oldest delivery is %v old", age)
	}
	cancel()
	if err := <-waiting; !errors.Is(err, context.Canceled) {
		t.Errorf("a sender that gave up got %v", err)
	}
	close(files.hang)
	waitUntilStoring(t, w)
	waitFor(t, "the log says that it is over", func() bool { return strings.Contains(log.String(), "the disk responds again") })
	mustAppend(t, w, `{"n":3}`)
	if age := w.OldestUncommitted(); age != 0 {
		t.Errorf("without a delivery the age is %v", age)
	}
}

// A lone append that writes itself cannot return while the disk hangs.
func TestLoneAppendOnAHungDiskReportsItsTimeout(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	files := hanging{hang: make(chan struct{})}
	o.Files, o.stallAfter = files, 20*time.Millisecond
	w := open(t, o)
	ctx, cancel := context.WithCancel(t.Context())
	timedOut, appended := make(chan struct{}), make(chan error, 1)
	go func() { appended <- w.Append(ctx, []Envelope{delivery(`{"n":1}`)}, func() { close(timedOut) }) }()
	waitFor(t, "the writer says that the disk hangs", func() bool { return errors.Is(w.Err(), ErrStalled) })
	cancel()
	<-timedOut
	closed := make(chan error, 1)
	go func() { closed <- w.Close() }()
	waitFor(t, "the writer is closing", func() bool { return errors.Is(w.Err(), ErrClosed) })
	select {
	case err := <-appended:
		t.Fatalf("returned from a write that hangs: %v", err)
	case err := <-closed:
		t.Fatalf("closed while a write hangs: %v", err)
	case <-time.After(10 * time.Millisecond):
	}
	close(files.hang)
	if err := <-appended; !errors.Is(err, context.Canceled) {
		t.Errorf("a sender that gave up got %v", err)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if got := stored(t, o.Dir)["2026-10-05.ndjson"]; !slices.Equal(got, []string{`{"n":1}`}) {
		t.Errorf("stored %v", got)
	}
}

func TestAppendRejectsTooLargeRequestsAsAWhole(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	w := open(t, o)
	mustAppend(t, w, `{}`)
	long := `{"x":"` + strings.Repeat("x", MaxLine) + `"}`
	many := make([]Envelope, maxAppend/100)
	for i := range many {
		many[i] = delivery(`{}`)
	}
	body := Envelope{Source: "main", Kind: KindUnreadable, Encoding: EncodingForm, Body: bytes.Repeat([]byte("x"), MaxLine/4*3)}
	for name, envelopes := range map[string][]Envelope{
		"a long payload": {delivery(`{}`), delivery(long)}, "many": many, "a long body": {body}, "a long source": {{Source: long, Kind: KindOther, Payload: []byte("{}")}},
	} {
		var tooLarge *TooLargeError
		if err := w.Append(t.Context(), envelopes, ignoreTimeout); !errors.As(err, &tooLarge) || !strings.Contains(err.Error(), fmt.Sprint(tooLarge.Limit)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := stored(t, o.Dir)["2026-10-05.ndjson"]; len(got) != 1 {
		t.Errorf("%d lines", len(got))
	}
}

func TestLongestDeliveryCanBeReadBack(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	w := open(t, o)
	fits := strings.Repeat("x", MaxLine-400)
	mustAppend(t, w, `{"x":"`+fits+`"}`)
	if got := stored(t, o.Dir)["2026-10-05.ndjson"]; len(got) != 1 || !strings.Contains(got[0], fits) {
		t.Errorf("%d lines", len(got))
	}
	// Around the limit, every stored line can be read.
	for length := MaxLine - 300; length < MaxLine; length += 29 {
		if w.Append(t.Context(), []Envelope{delivery(`{"x":"` + fits[:0] + strings.Repeat("y", length) + `"}`)}, ignoreTimeout) != nil {
			break
		}
	}
	files, err := List(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := files[0].Open(0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		line, err := r.Next()
		if err != nil {
			break
		}
		if line.TooLong || CheckLine(line.Text) != nil {
			t.Fatalf("a stored line of %d bytes cannot be read", line.Length)
		}
	}
}

// A small delivery does not wait for a group of many large ones.
func TestGroupsAreBounded(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	files := hanging{hang: make(chan struct{})}
	o.Files = files
	var groups []int
	o.Committed = func(_, bytes int, _ time.Duration) { groups = append(groups, bytes) }
	w := open(t, o)
	var sending sync.WaitGroup
	large := `{"x":"` + strings.Repeat("x", 1<<20) + `"}`
	for range 12 {
		sending.Go(func() { w.Append(t.Context(), []Envelope{delivery(large)}, ignoreTimeout) })
	}
	waitFor(t, "all are queued", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		lines := 0
		for _, g := range w.queue {
			lines += g.lines
		}
		if w.committing != nil {
			lines += w.committing.lines
		}
		return lines == 12
	})
	close(files.hang)
	sending.Wait()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, bytes := range groups {
		if bytes > maxGroup {
			t.Errorf("a group has %d bytes", bytes)
		}
	}
	if got := stored(t, o.Dir)[filepath.Base("2026-10-05.ndjson")]; len(got) != 12 {
		t.Errorf("%d lines", len(got))
	}
}
