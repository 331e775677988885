package spool

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var listHeader = VendorList{
	List: "callerdesk", Source: "main", Day: "2026-10-05", Total: 2,
	FetchedAt: time.Date(2026, 10, 6, 2, 30, 0, 0, time.FixedZone("", 19800)),
}

func payloads(texts ...string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, text := range texts {
			if text == "fail" {
				yield(nil, errors.New("the line is down"))
				return
			}
			if !yield([]byte(text), nil) {
				return
			}
		}
	}
}

func TestVendorListIsReadAsItWasWritten(t *testing.T) {
	dir := t.TempDir()
	if err := WriteVendorList(dir, listHeader, payloads(`{"CallSid":"1.1","circle":"Delhi"}`, `{"CallSid":"1.2"}`)); err != nil {
		t.Fatal(err)
	}
	files, err := VendorFiles(dir)
	if err != nil || len(files) != 1 || files[0].Source != "main" || files[0].Day != "2026-10-05" {
		t.Fatalf("%v %v", files, err)
	}
	header, err := ReadVendorList(dir, "main", "2026-10-05")
	if err != nil || header.Rows != 2 || header.Total != 2 || !header.FetchedAt.Equal(listHeader.FetchedAt) {
		t.Fatalf("%+v %v", header, err)
	}
	var sids []string
	err = files[0].Lines(func(line Line) error {
		for key, value := range Members(line.Text) {
			switch text := Text(value); {
			case string(key) == "payload":
				sids = append(sids, string(value))
			case string(key) == "encoding" && text != EncodingAPI, strings.HasSuffix(string(key), "_at") && text != "2026-10-06T02:30:00.000000+05:30":
				t.Errorf("%s is %s", key, text)
			}
		}
		return nil
	})
	if err != nil || fmt.Sprint(sids) != `[{"CallSid":"1.1","circle":"Delhi"} {"CallSid":"1.2"}]` {
		t.Errorf("%v %v", sids, err)
	}
}

func TestVendorListIsReplacedWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	if err := WriteVendorList(dir, listHeader, payloads(`{"CallSid":"1.1"}`)); err != nil {
		t.Fatal(err)
	}
	if err := WriteVendorList(dir, listHeader, payloads(`{"CallSid":"1.1"}`, `{"CallSid":"1.2"}`, "fail")); err == nil {
		t.Error("no error")
	}
	header, err := ReadVendorList(dir, "main", "2026-10-05")
	if err != nil || header.Rows != 1 {
		t.Errorf("%+v %v", header, err)
	}
	names, err := os.ReadDir(filepath.Join(dir, "vendor", "main"))
	if err != nil || len(names) != 1 {
		t.Errorf("%v %v", names, err)
	}
	if _, err := ReadVendorList(dir, "main", "2026-10-06"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestDamagedVendorListIsRefused(t *testing.T) {
	path := VendorListPath("", "main", "2026-10-05")
	for name, damage := range map[string]func(string) string{
		"changed line":  func(text string) string { return strings.Replace(text, `"1.2"`, `"1.3"`, 1) },
		"missing line":  func(text string) string { return text[:strings.LastIndex(strings.TrimSpace(text), "\n")+1] },
		"another day":   func(text string) string { return strings.Replace(text, "2026-10-05", "2026-10-04", 1) },
		"no first line": func(text string) string { _, rest, _ := strings.Cut(text, "\n"); return rest },
		"nothing":       func(string) string { return "" },
	} {
		dir := t.TempDir()
		if err := WriteVendorList(dir, listHeader, payloads(`{"CallSid":"1.1"}`, `{"CallSid":"1.2"}`)); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte(damage(string(text))), 0o600); err != nil {
			t.Fatal(err)
		}
		files, err := VendorFiles(dir)
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		if err := files[0].Lines(func(Line) error { return nil }); err == nil || !strings.Contains(err.Error(), "2026-10-05.ndjson") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryByteOfAListsFirstLineIsChecked changes each byte of the header of a list, and one of an older list without a checksum.
func TestEveryByteOfAListsFirstLineIsChecked(t *testing.T) {
	dir := t.TempDir()
	header := VendorList{List: "callerdesk", Source: "main", Day: "2026-10-05", FetchedAt: time.Date(2026, 10, 6, 2, 30, 0, 0, time.UTC), Total: 1}
	rows := func(yield func([]byte, error) bool) { yield([]byte(`{"CallSid":"1.1"}`), nil) }
	if err := WriteVendorList(dir, header, rows); err != nil {
		t.Fatal(err)
	}
	file, err := VendorFileAt(dir, "main", "2026-10-05")
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file.Path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(content []byte) error {
		if err := os.WriteFile(file.Path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		changed, err := VendorFileAt(dir, "main", "2026-10-05")
		if err != nil {
			t.Fatal(err)
		}
		return changed.Lines(func(Line) error { return nil })
	}
	if err := check(content); err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(content, '\n')
	for i := range first {
		changed := bytes.Clone(content)
		changed[i] ^= 1
		if check(changed) == nil {
			t.Errorf("a change of byte %d is not found: %s", i, changed[:first])
		}
	}
	at := bytes.Index(content, []byte(`,"crc":"`))
	older := append(append(bytes.Clone(content[:at]), '}'), content[first:]...)
	if err := check(older); err != nil {
		t.Errorf("without a checksum: %v", err)
	}
}
