package xlsx

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

// The text that a patch replaces may span two pieces of a part. The archive must depend neither on how a part is divided nor on the order
// of the parts.
func TestArchiveDoesNotDependOnOrderOrPieces(t *testing.T) {
	write := func(size int, names ...string) []byte {
		var out bytes.Buffer
		a := newArchive(&out, t.TempDir(), map[string][]patch{"b": {
			{old: []byte("<one>"), new: []byte("<first>")}, {old: []byte("<two>"), new: []byte("<2>")},
		}})
		defer a.discard()
		for _, name := range names {
			w, err := a.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.Repeat("x", 100) + "<one><on" + name + "<two><two>" + strings.Repeat("y", 100)
			for len(text) > 0 {
				n := min(size, len(text))
				if _, err := io.WriteString(w, text[:n]); err != nil {
					t.Fatal(err)
				}
				text = text[n:]
			}
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	want := write(1000, "a", "b", contentTypes)
	for _, size := range []int{1, 3, 7, 104} {
		if got := write(size, contentTypes, "b", "a"); !bytes.Equal(got, want) {
			t.Errorf("the archive differs with pieces of %d bytes", size)
		}
	}
	z, err := zip.NewReader(bytes.NewReader(want), int64(len(want)))
	if err != nil {
		t.Fatal(err)
	}
	if z.File[0].Name != contentTypes {
		t.Errorf("the first part is %s", z.File[0].Name)
	}
	r, err := z.File[2].Open()
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil || !strings.Contains(string(text), "x<first><onb<2><two>y") {
		t.Errorf("part b reads %q, %v", text, err)
	}
}

func TestUnmatchedPatchIsAnError(t *testing.T) {
	a := newArchive(io.Discard, "", map[string][]patch{"b": {{old: []byte("<none>")}}})
	w, err := a.Create("b")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "text"); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err == nil || !strings.Contains(err.Error(), "<none>") {
		t.Errorf("got %v", err)
	}
}

// A part above spillThreshold goes through a file, and is read back unchanged.
func TestLargePartsSpillToAFile(t *testing.T) {
	var out bytes.Buffer
	a := newArchive(&out, t.TempDir(), nil)
	defer a.discard()
	w, err := a.Create("big")
	if err != nil {
		t.Fatal(err)
	}
	seed, want := uint32(1), make([]byte, 3*spillThreshold)
	for i := range want {
		seed = seed*1664525 + 1013904223
		want[i] = byte(seed >> 24)
	}
	if _, err := w.Write(want); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if a.parts[0].compressed.file == nil {
		t.Fatal("it stayed in memory")
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, want) {
		t.Errorf("it was changed: %v", err)
	}
}
