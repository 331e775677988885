package monitor

import (
	"bytes"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/pipeline"
)

// TestDamagedAlertIsSetAside: status says what happens to it, and whoever sends alerts next logs where it is.
func TestDamagedAlertIsSetAside(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "callsheet.yaml")
	if err := os.WriteFile(path, []byte("data_dir: ./data\nmail: {host: 127.0.0.1, from: a@example.com}\nalert_to: [ops@example.com]\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	alert := filepath.Join(alertDir(c), "disk.json")
	if err := os.MkdirAll(alertDir(c), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(alert, []byte(`{"message":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Unsent(c); err == nil || !strings.Contains(err.Error(), "disk.json cannot be read\nhint: ") {
		t.Errorf("%v", err)
	}
	var log bytes.Buffer
	p := &pipeline.Pipeline{Config: c, Now: time.Now, Log: slog.New(slog.NewTextHandler(&log, nil))}
	NewAlerts(p, nil).Retry(t.Context())
	if _, err := os.Stat(alert); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it stays: %v", err)
	}
	if text := log.String(); !strings.Contains(text, "kept="+alert+".damaged") || strings.Contains(text, "error=") {
		t.Errorf("the log has %s", text)
	}
	if err := Unsent(c); err != nil {
		t.Errorf("%v", err)
	}
}
