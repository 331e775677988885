package monitor

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/pipeline"
)

// TestStatusReportsWhatItCannotRead: alerts about everything else depend on it.
func TestStatusReportsWhatItCannotRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "callsheet.yaml")
	if err := os.WriteFile(path, []byte("data_dir: ./data\nreports: [{name: daily}]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(c.RunLedger(), 0o700); err != nil { // a folder, which cannot be read as a file
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(c.ReadDatabase()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(c.ReadDatabase(), []byte("no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	p := &pipeline.Pipeline{Config: c, ConfigPath: path, Now: time.Now, Log: slog.New(slog.DiscardHandler)}
	s, err := ReadStatus(t.Context(), p, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"data", "run ledger"} {
		if text := s.Alarms[name]; text == "" || !slices.Contains(s.Warnings, text) {
			t.Errorf("%s: %q of %q", name, text, s.Alarms)
		}
	}
	if s.Data != nil || s.Disk == nil {
		t.Errorf("data %+v, disk %+v", s.Data, s.Disk)
	}
}
