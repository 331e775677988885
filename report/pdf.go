package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"callsheet/internal/atomicfile"
)

// errNoLibreOffice is returned by PDF if LibreOffice is not installed.
var errNoLibreOffice = errors.New("LibreOffice is not installed\nhint: install it, on Debian as the package libreoffice-calc, or leave the PDF out")

// CheckLibreOffice returns errNoLibreOffice if PDF cannot find it.
func CheckLibreOffice() error {
	if _, err := exec.LookPath("soffice"); err != nil {
		return errNoLibreOffice
	}
	return nil
}

// PDF writes the first page of the report's first sheet, the summary, to path, completely or not at all.
func (d *Definition) PDF(ctx context.Context, src Source, req Request, path string) error {
	if err := CheckLibreOffice(); err != nil {
		return err
	}
	office := "soffice"
	dir, err := os.MkdirTemp(filepath.Dir(path), ".callsheet-*.tmp")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.RemoveAll(dir)
	if dir, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if _, err := d.firstSheet().Build(ctx, src, req, filepath.Join(dir, "first.xlsx")); err != nil {
		return err
	}
	output, err := convertToPDF(ctx, office, dir)
	if err != nil {
		return err
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

// firstSheet returns the report with no other sheet than its first, which says the same as in the whole workbook.
func (d *Definition) firstSheet() *Definition {
	first := *d
	first.Sheets, first.whole, first.Base = d.Sheets[:1], d.Sheets, ""
	return &first
}

// conversionTimeout is far more than one page takes. LibreOffice waits for ever where it would show a dialog.
const conversionTimeout = 2 * time.Minute

// convertToPDF converts the first page of dir/first.xlsx to dir/first.pdf and returns what LibreOffice printed. dir is absolute.
func convertToPDF(ctx context.Context, office, dir string) (output []byte, err error) {
	limited, cancel := context.WithTimeout(ctx, conversionTimeout)
	defer cancel()
	// With a profile of its own it does not hand the work to a LibreOffice that is already running.
	profile := url.URL{Scheme: "file", Path: filepath.Join(dir, "profile")}
	convert := exec.CommandContext(limited, office, "-env:UserInstallation="+profile.String(), "--headless",
		"--convert-to", `pdf:calc_pdf_Export:{"PageRange":{"type":"string","value":"1"}}`, "--outdir", dir, filepath.Join(dir, "first.xlsx"))
	// soffice is a script: the program that it starts must end with it.
	convert.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	convert.Cancel = func() error { return syscall.Kill(-convert.Process.Pid, syscall.SIGKILL) }
	convert.WaitDelay = time.Second
	output, err = convert.CombinedOutput()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if limited.Err() != nil {
		return nil, fmt.Errorf("LibreOffice did not end within %s\nhint: run soffice --headless --convert-to pdf on any workbook to see what it waits for", conversionTimeout)
	}
	if err != nil {
		return nil, fmt.Errorf("LibreOffice: %w: %s", err, output)
	}
	return output, nil
}
