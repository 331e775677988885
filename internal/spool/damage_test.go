package spool

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"callsheet/internal/atomicfile/crashfs"
)

// damagedFile returns acknowledged lines, some of them damaged, and a torn end.
func damagedFile() (whole string, damaged []int64, torn string) {
	line := string(collectorLine()) + "\n"
	flipped := strings.Replace(line, `"Coins":12.50`, `"Coins":13.50`, 1)
	zeros := line[:40] + strings.Repeat("\x00", 5000) + "\n"
	for _, text := range []string{line, flipped, line, zeros, "\n", `{"payload":{"n":1}}` + "\n", "\xde\xad\n", line} {
		if text == flipped || text == zeros || text[0] == '\xde' {
			damaged = append(damaged, int64(len(whole)))
		}
		whole += text
	}
	return whole, damaged, `{"id":"01M0R4WQ6DHWPD9RX0K3SY1Y3A","recei`
}

func TestDamagedLinesStayAndAreReported(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	var log lockedBuffer
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	path := filepath.Join(o.Dir, "2026-10-05.ndjson")
	whole, damaged, torn := damagedFile()
	if err := os.WriteFile(path, []byte(whole+torn), 0o600); err != nil {
		t.Fatal(err)
	}
	w := open(t, o)
	mustAppend(t, w, `{"n":3}`)
	text, err := os.ReadFile(path)
	if added, ok := strings.CutPrefix(string(text), whole); err != nil || !ok || strings.Count(added, "\n") != 1 || !strings.Contains(added, `{"n":3}`) {
		t.Errorf("after the old content: %q, %v, %v", added, ok, err)
	}
	if kept, err := os.ReadFile(path + ".torn-1"); err != nil || string(kept) != torn {
		t.Errorf("kept %q: %v", kept, err)
	}
	for i, number := range []int{2, 4, 7} {
		if want := fmt.Sprintf("file=2026-10-05.ndjson line=%d offset=%d reason=", number, damaged[i]); !strings.Contains(log.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, log.String())
		}
	}
	if got := strings.Count(log.String(), "damaged line;"); got != len(damaged) {
		t.Errorf("%d lines reported:\n%s", got, log.String())
	}
	if strings.Contains(log.String(), "not acknowledged") {
		t.Errorf("the log:\n%s", log.String())
	}
}

func TestWholeLastLineGetsItsNewline(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	path := filepath.Join(o.Dir, "2026-10-05.ndjson")
	line := string(collectorLine())
	if err := os.WriteFile(path, []byte(line+"\n"+line), 0o600); err != nil {
		t.Fatal(err)
	}
	w := open(t, o)
	mustAppend(t, w, `{"n":3}`)
	if text, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(text), line+"\n"+line+"\n{") {
		t.Errorf("%q, %v", text, err)
	}
	if kept, _ := filepath.Glob(path + ".torn-*"); len(kept) != 0 {
		t.Errorf("kept %v", kept)
	}
}

// repairing opens a file with a torn end and appends to it, on a disk that fails or crashes. In the end, everything before the torn end
// must be unchanged, the torn end must be in the file or in quarantine, and all acknowledged deliveries must be stored.
func repairing(disk *crashfs.FS, whole, torn string, crashes []int, share float64) error {
	const path = "/spool/2026-10-05.ndjson"
	disk.Put(path, whole+torn)
	o, _ := testOptions("/spool")
	o.lock, o.reserve = noLock, crashfs.BlockSize
	var acked []string
	run := func(name string) error {
		o.Files = disk
		w, err := Open(o)
		if err != nil {
			return err
		}
		if w.Append(context.Background(), []Envelope{delivery(`{"n":"` + name + `"}`)}, ignoreTimeout) == nil {
			acked = append(acked, name)
		}
		return w.Close()
	}
	for i, at := range crashes {
		disk.CrashAt = at
		run(fmt.Sprint("crash ", i))
		disk = disk.Crash(share)
		if got := disk.Node(path).Written(); !strings.HasPrefix(got, whole) {
			return fmt.Errorf("%d acknowledged bytes; the file has %d or different ones", len(whole), len(got))
		}
	}
	if disk.Failing != nil {
		run("failing")
		disk.Failing = nil
	}
	if err := run("last"); err != nil {
		return err
	}
	text := disk.Node(path).Written()
	rest, ok := strings.CutPrefix(text, whole)
	if !ok {
		return errors.New("acknowledged bytes changed")
	}
	kept := torn == "" || strings.HasPrefix(rest, torn+"\n")
	for name, content := range disk.Files("") {
		kept = kept || strings.Contains(name, ".torn-") && content == torn
	}
	if !kept {
		return errors.New("the torn end is missing")
	}
	for _, name := range acked {
		if strings.Count(rest, `{"n":"`+name+`"},"crc"`) != 1 {
			return fmt.Errorf("acknowledged and missing: %s", name)
		}
	}
	return nil
}

func TestRepairSurvivesEveryCrashAndFailure(t *testing.T) {
	whole, _, torn := damagedFile()
	for name, torn := range map[string]string{
		"unfinished": torn, "zeros": strings.Repeat("\x00", 3*crashfs.BlockSize), "a whole line": string(collectorLine()),
		"longer than a block": torn + strings.Repeat("x", 2*crashfs.BlockSize), "nothing": "",
	} {
		t.Run(name, func(t *testing.T) {
			intact := crashfs.New(1)
			if err := repairing(intact, whole, torn, nil, 1); err != nil {
				t.Fatal(err)
			}
			last := intact.Operations
			for first := 1; first <= last; first++ {
				for _, share := range []float64{0, 0.5, 1} {
					for second := 1; second <= last; second += 1 + second/8 {
						disk := crashfs.New(uint64(first*100 + second))
						if err := repairing(disk, whole, torn, []int{first, second}, share); err != nil {
							t.Fatalf("crash in operation %d, then in %d, share %v: %v", first, second, share, err)
						}
					}
				}
				for _, failure := range []error{syscall.EIO, syscall.ENOSPC, crashfs.ErrShort} {
					for _, always := range []bool{false, true} {
						disk := crashfs.New(uint64(first))
						disk.Failing = func(operation int) error {
							if operation == first || always && operation > first {
								return failure
							}
							return nil
						}
						if err := repairing(disk, whole, torn, nil, 0); err != nil {
							t.Fatalf("operation %d fails with %v, always %v: %v", first, failure, always, err)
						}
					}
				}
			}
		})
	}
}

func TestDamageBeforeTheRepairWindowIsLeft(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	path := filepath.Join(o.Dir, "2026-10-05.ndjson")
	long := `{"payload":{"x":"` + strings.Repeat("x", 1<<20) + `"}}` + "\n"
	text := "damaged long ago\n" + strings.Repeat(long, 20)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w := open(t, o)
	mustAppend(t, w, `{"n":1}`)
	got, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(got), text) || strings.Count(string(got), "\n") != 22 {
		t.Errorf("%d lines, %v", strings.Count(string(got), "\n"), err)
	}
}

// A repair keeps at most one line in memory, however long the torn end is.
func TestTornEndOfAnyLengthIsRepairedInConstantMemory(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	path := filepath.Join(o.Dir, "2026-10-05.ndjson")
	line := string(collectorLine()) + "\n"
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	const torn = 400 << 20
	if err := os.Truncate(path, int64(len(line))+torn); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	open(t, o)
	runtime.ReadMemStats(&after)
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 20<<20 {
		t.Errorf("the repair allocated %d MiB", allocated>>20)
	}
	if info, err := os.Stat(path + ".torn-1"); err != nil || info.Size() != torn {
		t.Errorf("kept %v, %v", info, err)
	}
}

func TestDeletedOrReplacedFileIsDetectedBeforeTheNextAcknowledgement(t *testing.T) {
	for name, disturb := range map[string]func(path string) error{
		"deleted": os.Remove,
		"replaced": func(path string) error {
			return errors.Join(os.WriteFile(path+".new", []byte(`{"payload":{"n":"other"}}`+"\n"), 0o600), os.Rename(path+".new", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, _ := testOptions(t.TempDir())
			w := open(t, o)
			mustAppend(t, w, `{"n":1}`)
			if err := disturb(filepath.Join(o.Dir, "2026-10-05.ndjson")); err != nil {
				t.Fatal(err)
			}
			mustAppend(t, w, `{"n":2}`)
			mustAppend(t, w, `{"n":3}`)
			got := stored(t, o.Dir)["2026-10-05.ndjson"]
			if want := []string{`{"n":2}`, `{"n":3}`}; !slices.Equal(got[len(got)-2:], want) {
				t.Errorf("got %v, want %v at the end", got, want)
			}
		})
	}
}
