package report

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestPDFIsOnePage(t *testing.T) {
	if _, err := exec.LookPath("soffice"); err != nil {
		t.Skip("LibreOffice is not installed")
	}
	path := filepath.Join(t.TempDir(), "summary.pdf")
	if err := readTemplate(t, "daily").PDF(t.Context(), &testSource{calls: testMonth()}, request(t, "yesterday"), path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(text, []byte("%PDF-")) || len(text) < 10_000 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWithoutLibreOfficeThereIsAHint(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	path := filepath.Join(t.TempDir(), "summary.pdf")
	err := readTemplate(t, "daily").PDF(t.Context(), &testSource{}, request(t, "yesterday"), path)
	if !errors.Is(err, ErrNoLibreOffice) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(filepath.Dir(path)); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
