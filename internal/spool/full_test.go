package spool

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"callsheet/internal/atomicfile/crashfs"
)

// fillUp appends until the spool is full, frees space and waits until the spool stores again. All acknowledged deliveries must be stored.
func fillUp(t *testing.T, o Options, free func()) {
	t.Helper()
	w := open(t, o)
	var acked []string
	full := false
	for i := range 100_000 {
		payload := fmt.Sprintf(`{"n":%d,"x":"%s"}`, i, strings.Repeat("x", 10_000))
		err := w.Append(t.Context(), []Envelope{delivery(payload)}, ignoreTimeout)
		if err == nil {
			if full {
				t.Fatalf("delivery %d was stored on a full disk", i)
			}
			acked = append(acked, payload)
			full = w.Err() != nil // this was the last one, stored in the space of the reserve
			continue
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("delivery %d: %v", i, err)
		}
		break
	}
	if !full || w.Err() == nil {
		t.Fatalf("after %d deliveries: full %v, %v", len(acked), full, w.Err())
	}
	free()
	waitUntilStoring(t, w)
	mustAppend(t, w, `{"last":1}`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if got := stored(t, o.Dir)["2026-10-05.ndjson"]; !slices.Equal(got, append(acked, `{"last":1}`)) {
		t.Errorf("%d acknowledged, %d stored", len(acked)+1, len(got))
	}
}

func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=6m"); err != nil {
		t.Skip("mounting a small disk needs root: ", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, make([]byte, 3<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	o, _ := testOptions(filepath.Join(dir, "spool"))
	fillUp(t, o, func() {
		if err := os.Remove(other); err != nil {
			t.Fatal(err)
		}
	})
}

// A spool stores deliveries even if the disk has no room for a reserve.
func TestNoRoomForTheReserve(t *testing.T) {
	o, _ := testOptions("/spool")
	disk := crashfs.New(1)
	disk.Capacity = reserveSize / 2
	o.Files, o.lock = disk, noLock
	w := open(t, o)
	mustAppend(t, w, `{"n":1}`)
	if w.Err() != nil {
		t.Error(w.Err())
	}
	big := `"` + strings.Repeat("x", reserveSize) + `"`
	if err := w.Append(t.Context(), []Envelope{delivery(big)}, ignoreTimeout); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("stored what does not fit: %v", err)
	}
	if err := w.Append(t.Context(), []Envelope{delivery(`{"n":2}`)}, ignoreTimeout); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("tried again on a full disk: %v", err)
	}
}

// A file that cannot be truncated after a failed group is left, and a new part is begun. A file without lines gets no part, since a
// broken disk would get part after part.
func TestFailedTruncationBeginsANewPart(t *testing.T) {
	for _, stored := range []int{0, 1} {
		t.Run(fmt.Sprintf("%d stored before", stored), func(t *testing.T) {
			o, _ := testOptions("/spool")
			disk := crashfs.New(1)
			o.Files, o.lock = disk, noLock
			w := open(t, o)
			for range stored {
				mustAppend(t, w, `{"n":1}`)
			}
			broken := map[*crashfs.Node]bool{}
			disk.Broken = func(node *crashfs.Node) bool {
				if len(broken) == 0 {
					broken[node] = true
				}
				return broken[node]
			}
			for range 3 {
				w.Append(t.Context(), []Envelope{delivery(`{"n":2}`)}, ignoreTimeout)
			}
			names, _ := disk.ReadDir("/spool")
			want := []string{".durable", ".reserve", "2026-10-05.ndjson"}
			if stored > 0 {
				want = append(want, "2026-10-05~2.ndjson")
				if w.Err() != nil {
					t.Errorf("the part does not store: %v", w.Err())
				}
			}
			if !slices.Equal(names, want) {
				t.Errorf("files %v, want %v", names, want)
			}
			disk.Broken = nil
		})
	}
}

// A group that waits while the one before it spends the reserve is stored, too. The disk stays full until there is room for a reserve.
func TestFullUntilTheReserveFits(t *testing.T) {
	o, c := testOptions("/spool")
	disk := crashfs.New(1)
	disk.Capacity = reserveSize + 1000
	o.Files, o.lock = disk, noLock
	w := open(t, o)
	w.commitMu.Lock()
	stored := make(chan error)
	for day, size := range []int{reserveSize / 2, 10} {
		go func() {
			stored <- w.Append(t.Context(), []Envelope{delivery(`"` + strings.Repeat("x", size) + `"`)}, nil)
		}()
		for queued := 0; queued <= day; {
			w.mu.Lock()
			queued = len(w.queue)
			w.mu.Unlock()
		}
		c.set(c.now().AddDate(0, 0, 1)) // for another group
	}
	w.commitMu.Unlock()
	for range 2 {
		if err := <-stored; err != nil {
			t.Fatal(err)
		}
	}
	for range 2 {
		if err := w.Append(t.Context(), []Envelope{delivery("3")}, nil); !errors.Is(err, syscall.ENOSPC) || !errors.Is(w.Err(), syscall.ENOSPC) {
			t.Errorf("without a reserve a delivery is answered %v, and the state is %v", err, w.Err())
		}
		w.probe() // there is no room yet
	}
	w.commitMu.Lock()
	disk.Capacity = 0
	w.commitMu.Unlock()
	w.probe()
	mustAppend(t, w, "4")
	if found, err := exists(disk, "/spool/"+reserveName); w.Err() != nil || !found || err != nil {
		t.Errorf("with room again: %v; there is a reserve: %v, %v", w.Err(), found, err)
	}
}
