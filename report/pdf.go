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

// ErrNoOffice is returned where LibreOffice is needed and is not there.
var ErrNoLibreOffice = errors.New("LibreOffice is not installed\nhint: install it, on Debian as the package libreoffice-calc, or go without the PDF")

// PDF makes the first page of the report's first sheet, the summary, at path. The file appears whole or not at all.
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
	// A profile of its own, so that it does not hand the work to an office that somebody has open.
	convert := exec.CommandContext(ctx, office, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", `pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}`, "--outdir", dir, filepath.Join(dir, "first.xlsx"))
	output, err := convert.CombinedOutput()
	if err != nil {
		return fmt.Errorf("LibreOffice: %w: %s", err, output)
	}
	page, err := os.ReadFile(filepath.Join(dir, "first.pdf"))
	if err != nil {
		return fmt.Errorf("LibreOffice made no PDF: %w: %s", err, output)
	}
	return atomicfile.WriteReadable(path, func(w io.Writer) error {
		_, err := w.Write(page)
		return err
	})
}
