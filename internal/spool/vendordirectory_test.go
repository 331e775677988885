package spool

import (
	"bytes"
	"os"
	"slices"
	"testing"
	"time"
)

var (
	asha   = DirectoryEntry{Kind: DirectoryAgent, ID: "1", Name: "Asha", Number: "9820000001"}
	bela   = DirectoryEntry{Kind: DirectoryAgent, ID: "2", Name: "Béla \"B\" <b>", Number: "9820000001"}
	second = DirectoryEntry{Kind: DirectoryAgent, ID: "1", Name: "Asha", Number: "9820000002"}
	sales  = DirectoryEntry{Kind: DirectoryGroup, ID: "1", Name: "Sales", NumberID: "7"}
)

func syncDirectory(t *testing.T, dir string, at time.Time, entries ...DirectoryEntry) (added, gone []DirectoryEntry) {
	t.Helper()
	directory, err := ReadDirectory(dir, "main")
	if err != nil {
		t.Fatal(err)
	}
	if added, gone, err = directory.Sync(entries, at); err != nil {
		t.Fatal(err)
	}
	return added, gone
}

func TestDirectoryKeepsItsHistory(t *testing.T) {
	dir, at := t.TempDir(), time.Date(2026, 10, 5, 2, 30, 0, 0, time.UTC)
	if added, gone := syncDirectory(t, dir, at, asha, second, sales, asha); len(added) != 3 || len(gone) != 0 {
		t.Errorf("first sync: %v added, %v gone", added, gone)
	}
	if added, gone := syncDirectory(t, dir, at.Add(24*time.Hour), sales, second, asha); len(added) != 0 || len(gone) != 0 {
		t.Errorf("the same again: %v added, %v gone", added, gone)
	}
	added, gone := syncDirectory(t, dir, at.Add(48*time.Hour), bela, second, sales)
	if !slices.Equal(added, []DirectoryEntry{bela}) || !slices.Equal(gone, []DirectoryEntry{asha}) {
		t.Errorf("a number changed hands: %v added, %v gone", added, gone)
	}
	all, err := ReadDirectories(dir)
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	if got, want := all[0].Entries(), []DirectoryEntry{second, bela, sales}; !slices.Equal(got, want) {
		t.Errorf("listed are %v, want %v", got, want)
	}
	last := all[0].Changes[len(all[0].Changes)-1]
	if last.DirectoryEntry != bela || !last.IsListed || !last.FetchedAt.Equal(at.Add(48*time.Hour)) || !last.PreviousAt.Equal(at.Add(24*time.Hour)) {
		t.Errorf("the last change is %+v", last)
	}
	if first := all[0].Changes[0]; !first.PreviousAt.IsZero() {
		t.Errorf("the first sync has one before it: %+v", first)
	}
}

func TestDirectoryIgnoresAClockSetBack(t *testing.T) {
	dir, at := t.TempDir(), time.Date(2026, 10, 5, 2, 30, 0, 0, time.UTC)
	syncDirectory(t, dir, at, asha)
	syncDirectory(t, dir, at.Add(-time.Hour), bela)
	directory, err := ReadDirectory(dir, "main")
	if err != nil || !directory.LastAt.After(at) || !slices.Equal(directory.Entries(), []DirectoryEntry{bela}) {
		t.Errorf("%+v, %v", directory, err)
	}
}

func TestDamagedDirectoryLineIsReportedAndSkipped(t *testing.T) {
	dir, at := t.TempDir(), time.Date(2026, 10, 5, 2, 30, 0, 0, time.UTC)
	syncDirectory(t, dir, at, asha, sales)
	path := directoryPath(dir, "main")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{
		bytes.Replace(content, []byte("Asha"), []byte("Usha"), 1),
		bytes.Replace(content, []byte(`{`), []byte(``), 1),
		append([]byte(`{"fetched_at":"2026-10-05T02:30:00Z","source":"main","kind":"agent","id":"9"}`+"\n"), content...),
		append([]byte(`{"fetched_at":"2026-10-05T02:30:00Z","source":"main","kind":"team","id":"9","listed":true}`+"\n"), content...),
		append([]byte(`{"fetched_at":"2026-10-05T02:30:00Z","source":"other","kind":"agent","id":"9","listed":true}`+"\n"), content...),
	} {
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		directory, err := ReadDirectory(dir, "main")
		if err != nil || directory.Damage == nil || !slices.Contains(directory.Entries(), sales) {
			t.Errorf("%s: %v, %v, %v", damaged, directory.Entries(), directory.Damage, err)
		}
	}
}
