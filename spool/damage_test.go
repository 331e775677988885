package spool

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestDamageAtTheEndIsKeptAsideAndSoundLinesStay(t *testing.T) {
	o, _ := testOptions(t.TempDir())
	path := filepath.Join(o.Dir, "2026-10-05.ndjson")
	line := func(n string) string { return `{"payload":{"n":` + n + `}}` + "\n" }
	zeros := `{"id":"01` + strings.Repeat("\x00", 5000) + "\n"
	garbage := "\xde\xad\n\n"
	if err := os.WriteFile(path, []byte(line("1")+zeros+line("2")+garbage+`{"torn`), 0o600); err != nil {
		t.Fatal(err)
	}
	w := open(t, o)
	mustAppend(t, w, `{"n":3}`)
	if got, want := stored(t, o.Dir)["2026-10-05.ndjson"], []string{`{"n":1}`, `{"n":2}`, `{"n":3}`}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if kept, err := os.ReadFile(path + ".torn-1"); err != nil || string(kept) != zeros+garbage+`{"torn` {
		t.Errorf("kept %q: %v", kept, err)
	}
}

func TestDamageFarBackIsLeftToTheLoader(t *testing.T) {
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

func TestDeletedOrReplacedFileIsNoticedBeforeTheNextAnswer(t *testing.T) {
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
