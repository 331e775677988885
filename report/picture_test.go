package report

import (
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestPictureIsTheSummaryForAPhone: sharp at twice the width of a phone, without margins, and small.
func TestPictureIsTheSummaryForAPhone(t *testing.T) {
	skipIfShort(t)
	needs(t, "soffice")
	needs(t, "pdftoppm")
	dir := t.TempDir()
	pdf, path := filepath.Join(dir, "summary.pdf"), filepath.Join(dir, "summary.png")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := readTemplate(t, "daily").PDF(ctx, &testSource{calls: testMonth()}, request(t, "yesterday"), pdf); err != nil {
		t.Fatal(err)
	}
	if err := Picture(ctx, pdf, path); err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	picture, err := png.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	info, err := file.Stat()
	if size := picture.Bounds(); err != nil || info.Size() > 150_000 || size.Dx() < 780 || size.Dx() > 1100 || size.Dy() < size.Dx() || size.Dy() > 1700 {
		t.Errorf("%d bytes, %v, %v", info.Size(), size, err)
	}
	t.Logf("%d bytes, %v", info.Size(), picture.Bounds())
}

func TestPictureNeedsPoppler(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	path := filepath.Join(t.TempDir(), "summary.png")
	if err := Picture(t.Context(), "summary.pdf", path); !errors.Is(err, errNoPoppler) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("there is a picture")
	}
}
