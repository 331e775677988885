package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
)

var errEmpty = errors.New("the file is empty")

// input is a file to import. It can be opened again, since some files are read twice.
type input struct {
	path      string // of the uncompressed content, where that had to be written to a temporary file
	temporary bool
	format    format
}

// format is the format of a file, by its first bytes.
type format int

const (
	textFormat format = iota // CSV or JSON
	sheetFormat
)

// openInput determines the format. Standard input, and a compressed workbook, are copied to a temporary file.
func openInput(path, tempDir string, stdin io.Reader) (in input, err error) {
	in.path = path
	if path == "-" {
		if in.path, err = copyToTemp(stdin, tempDir); err != nil {
			return in, err
		}
		in.temporary = true
	}
	info, err := os.Stat(in.path)
	switch {
	case err != nil:
		return in, err
	case info.IsDir():
		return in, fmt.Errorf("is a folder\nhint: name the files in it")
	}
	head, err := in.head()
	if err != nil {
		return in, errors.Join(err, in.remove())
	}
	if in.format, err = formatOf(head); err != nil {
		return in, errors.Join(err, in.remove())
	}
	return in, nil
}

// formatOf determines the format from the first bytes of a file.
func formatOf(head []byte) (format, error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(text) == 0:
		return textFormat, errEmpty
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return sheetFormat, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		if bytes.Contains(head, utf16Text("EncryptedPackage")) {
			return textFormat, errors.New("the workbook is protected by a password\nhint: open it in a spreadsheet program and save it without one")
		}
		return textFormat, errors.New("is a workbook in the old .xls format\nhint: open it in a spreadsheet program and save it as .xlsx or CSV")
	case text[0] == '<':
		return textFormat, errors.New("is HTML or XML, though its name may say otherwise\nhint: open it in a spreadsheet program and save it as .xlsx or CSV")
	case bytes.HasPrefix(head, []byte("%PDF")):
		return textFormat, errors.New("is a PDF\nhint: export the calls as .xlsx, CSV or JSON")
	}
	return textFormat, nil
}

func utf16Text(text string) (encoded []byte) {
	for _, c := range []byte(text) {
		encoded = append(encoded, c, 0)
	}
	return encoded
}

// head returns the first bytes of the content; of a file of the old format, all directory entries may be in them.
func (in input) head() ([]byte, error) {
	content, err := in.open()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	return io.ReadAll(io.LimitReader(content, peeked))
}

// open opens the content, uncompressed.
func (in input) open() (io.ReadCloser, error) { return in.openWith(nil) }

// openWith is open with the progress in bytes of the file.
func (in input) openWith(progress func(done, total int64)) (io.ReadCloser, error) {
	opened, err := os.Open(in.path)
	if err != nil {
		return nil, err
	}
	var file io.ReadCloser = opened
	if info, err := opened.Stat(); err == nil && progress != nil {
		file = &counted{File: opened, total: info.Size(), progress: progress}
	}
	head, err := bufio.NewReader(io.NewSectionReader(opened, 0, 4)).Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, errors.Join(err, file.Close())
	}
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		unpacked, err := gzip.NewReader(file)
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return closing{unpacked, file.Close}, nil
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		unpacked, err := zstd.NewReader(file)
		if err != nil {
			return nil, errors.Join(err, file.Close())
		}
		return closing{unpacked, func() error {
			unpacked.Close()
			return file.Close()
		}}, nil
	}
	return file, nil
}

// counted reports how much of a file has been read.
type counted struct {
	*os.File
	done, total int64
	progress    func(done, total int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.File.Read(p)
	c.done += int64(n)
	c.progress(c.done, c.total)
	return n, err
}

type closing struct {
	io.Reader
	close func() error
}

func (c closing) Close() error { return c.close() }

// remove removes the temporary copy.
func (in input) remove() error {
	if in.temporary {
		return os.Remove(in.path)
	}
	return nil
}

// plainPath returns the path of the uncompressed content, and a function that removes it if it is a copy.
func (in input) plainPath(tempDir string) (path string, remove func() error, err error) {
	content, err := in.open()
	if err != nil {
		return "", nil, err
	}
	defer content.Close()
	if _, plain := content.(*os.File); plain {
		return in.path, func() error { return nil }, nil
	}
	path, err = copyToTemp(content, tempDir)
	return path, func() error { return os.Remove(path) }, err
}

func copyToTemp(content io.Reader, dir string) (path string, err error) {
	file, err := os.CreateTemp(dir, "import-*.copy")
	if err != nil {
		return "", fmt.Errorf("temporary file: %w", err)
	}
	_, err = io.Copy(file, content)
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}
