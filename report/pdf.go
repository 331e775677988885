package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"callsheet/internal/atomicfile"
)

// ErrNoLibreOffice is returned by PDF if LibreOffice is not installed.
var ErrNoLibreOffice = errors.New("LibreOffice is not installed\nhint: install it, on Debian as the package libreoffice-calc, or leave the PDF out")

// PDF writes the first page of the report's first sheet, the summary, to path, completely or not at all.
func (d *Definition) PDF(ctx context.Context, src Source, req Request, path string) error {
	office, err := exec.LookPath("soffice")
	if err != nil {
		return ErrNoLibreOffice
	}
	dir, err := os.MkdirTemp(filepath.Dir(path), ".callsheet-*.tmp")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.RemoveAll(dir)
	first := *d
	first.Sheets, first.Base = d.Sheets[:1], ""
	if _, err := first.Build(ctx, src, req, filepath.Join(dir, "first.xlsx")); err != nil {
		return err
	}
	// With a profile of its own it does not hand the work to a LibreOffice that is already running.
	convert := exec.CommandContext(ctx, office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", `pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}`, "--outdir", dir, filepath.Join(dir, "first.xlsx"))
	output, err := convert.CombinedOutput()
	if err != nil {
		return fmt.Errorf("LibreOffice: %w: %s", err, output)
	}
	page, err := os.ReadFile(filepath.Join(dir, "first.pdf"))
	if err != nil {
		return fmt.Errorf("LibreOffice created no PDF: %w: %s", err, output)
	}
	return atomicfile.WriteReadable(path, func(w io.Writer) error {
		_, err := w.Write(page)
		return err
	})
}
