package spool

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestVerifyReadsWhatWasFetchedFromVendors(t *testing.T) {
	dir := t.TempDir()
	if err := WriteVendorList(dir, listHeader, payloads(`{"CallSid":"1.1"}`, `{"CallSid":"1.2"}`)); err != nil {
		t.Fatal(err)
	}
	if err := AppendBalance(dir, Balance{"main", listHeader.FetchedAt, "12.5"}); err != nil {
		t.Fatal(err)
	}
	syncDirectory(t, dir, listHeader.FetchedAt, asha, sales)
	if err := os.Mkdir(filepath.Join(dir, "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	list, directory, balance := VendorListPath(dir, "main", "2026-10-05"), directoryPath(dir, "main"), balancePath(dir, "main")
	empty := func(string) string { return "" }
	for _, c := range []struct {
		name, path string
		damage     func(string) string
		want       []string
	}{
		{"nothing", list, func(text string) string { return text }, nil},
		{"a row", list, func(text string) string { return strings.Replace(text, `"1.2"`, `"1.3"`, 1) },
			[]string{"vendor/main/2026-10-05.ndjson, line 3: checksum does not match"}},
		{"a row is gone", list, func(text string) string { return text[:strings.LastIndex(strings.TrimSpace(text), "\n")+1] },
			[]string{"vendor/main/2026-10-05.ndjson, line 3: the list should have 2 rows"}},
		{"another day", list, func(text string) string { return strings.Replace(text, "2026-10-05", "2026-10-04", 1) },
			[]string{"vendor/main/2026-10-05.ndjson, line 4: the first line does not describe a list of this source and day"}},
		{"a name", directory, func(text string) string { return strings.Replace(text, "Asha", "Usha", 1) },
			[]string{"vendor/main/directory.ndjson, line 1: checksum does not match"}},
		{"all rows are gone", list, empty, []string{"vendor/main/2026-10-05.ndjson, line 1: the first line does not describe a list of this source and day"}},
		{"no directory is left", directory, empty, []string{"vendor/main/directory.ndjson, line 1: the file is empty"}},
		{"a sync is cut", directory, func(text string) string { return text[:strings.Index(text, "\n")+1] },
			[]string{"vendor/main/directory.ndjson, line 2: the line that ends the sync is missing"}},
		{"an entry is gone", directory, func(text string) string { return text[strings.Index(text, "\n")+1:] },
			[]string{"vendor/main/directory.ndjson, line 3: the sync should have 3 lines"}},
		{"no balance is left", balance, empty, []string{"vendor/main/balance.ndjson, line 1: the file is empty"}},
	} {
		whole, err := os.ReadFile(c.path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(c.path, []byte(c.damage(string(whole))), 0o600); err != nil {
			t.Fatal(err)
		}
		var got []string
		sum, err := Verify(t.Context(), filepath.Join(dir, "spool"), dir, func(d Damage) {
			_, position, _ := strings.Cut(d.String(), ", ")
			_, reason, _ := strings.Cut(position, ": ")
			got = append(got, d.File+", "+strings.Fields(position)[0]+" "+strings.Fields(position)[1]+": "+reason)
		}, func(int64, int64) {})
		if err != nil || !slices.Equal(got, c.want) || sum.Files != 3 || int(sum.Damaged) != len(c.want) {
			t.Errorf("%s: %q %+v %v", c.name, got, sum, err)
		}
		if err := os.WriteFile(c.path, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOldVendorListsAreRemoved(t *testing.T) {
	dir := t.TempDir()
	for _, day := range []string{"2026-10-03", "2026-10-04", "2026-10-05"} {
		header := listHeader
		header.Day = day
		if err := WriteVendorList(dir, header, payloads(`{"CallSid":"1.1"}`)); err != nil {
			t.Fatal(err)
		}
		partial := filepath.Join(VendorDir(dir), "main", "."+day+".partial")
		if err := os.WriteFile(partial, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := AppendBalance(dir, Balance{"main", time.Now(), "12.5"}); err != nil {
		t.Fatal(err)
	}
	if removed, err := RemoveVendorLists(dir, "2026-10-05"); removed != 2 || err != nil {
		t.Errorf("%d removed, %v", removed, err)
	}
	var left []string
	entries, err := os.ReadDir(filepath.Join(VendorDir(dir), "main"))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		left = append(left, entry.Name())
	}
	if want := []string{".2026-10-05.partial", "2026-10-05.ndjson", "balance.ndjson"}; !slices.Equal(left, want) {
		t.Errorf("left are %q", left)
	}
}
