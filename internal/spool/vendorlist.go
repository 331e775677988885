package spool

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
)

// VendorList is the first line of a vendor's list of calls.
type VendorList struct {
	List      string    `json:"list"` // the kind of the vendor's API: callerdesk
	Source    string    `json:"source"`
	Day       string    `json:"day"`        // 2006-01-02, in the zone of the source
	FetchedAt time.Time `json:"fetched_at"` // when the fetch began: what the vendor learned later may be missing
	Rows      int64     `json:"rows"`       // set by WriteVendorList
	Total     int64     `json:"total"`      // rows, as the vendor counts them
}

// VendorDir is the folder in a data folder with what was fetched from the vendors.
func VendorDir(dataDir string) string { return filepath.Join(dataDir, "vendor") }

// vendorSources returns the sources of which something was fetched.
func vendorSources(dataDir string) (sources []string, err error) {
	folders, err := os.ReadDir(VendorDir(dataDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, folder := range folders {
		if folder.IsDir() && !strings.HasPrefix(folder.Name(), ".") {
			sources = append(sources, folder.Name())
		}
	}
	return sources, err
}

// VendorListPath returns the path of a source's list of a day.
func VendorListPath(dataDir, source, day string) string {
	return filepath.Join(VendorDir(dataDir), source, day+".ndjson")
}

// WriteVendorList replaces the list of header's source and day. Each payload is a compact JSON object, a call report. If payloads yields
// an error, the old list stays. The caller vouches that the list is complete, and is the only one who writes it.
func WriteVendorList(dataDir string, header VendorList, payloads iter.Seq2[[]byte, error]) (err error) {
	path := VendorListPath(dataDir, header.Source, header.Day)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	rows, err := os.CreateTemp(filepath.Dir(path), ".rows-*") // the header has their number
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close(), os.Remove(rows.Name())) }()
	if header.Rows, err = writeVendorRows(rows, header, payloads); err != nil {
		return err
	}
	if _, err := rows.Seek(0, io.SeekStart); err != nil {
		return err
	}
	first, err := json.Marshal(header)
	if err != nil {
		return err
	}
	return atomicfile.Write(atomicfile.OS{}, path, func(w io.Writer) error {
		first = appendChecksum(first[:len(first)-len("}")], 0)
		if _, err := w.Write(append(first, '\n')); err != nil {
			return err
		}
		_, err := io.Copy(w, rows)
		return err
	})
}

func writeVendorRows(w io.Writer, header VendorList, payloads iter.Seq2[[]byte, error]) (count int64, err error) {
	lines, ids := bufio.NewWriterSize(w, 1<<20), newIDs()
	head := header.FetchedAt.AppendFormat([]byte(afterID), receivedFormat)
	head = header.FetchedAt.AppendFormat(append(head, `","reported_at":"`...), receivedFormat)
	head = AppendString(append(head, `","source":`...), header.Source)
	head = append(head, `,"kind":"`+KindCallReport+`","encoding":"`+EncodingAPI+`","payload":`...)
	var line []byte
	for payload, err := range payloads {
		if err != nil {
			return count, err
		}
		id, err := ids.next(header.FetchedAt)
		if err != nil {
			return count, fmt.Errorf("creating an id: %w", err)
		}
		line = append(append(append(line[:0], idPrefix...), id...), head...)
		line = append(appendChecksum(append(line, payload...), 0), '\n')
		if _, err := lines.Write(line); err != nil {
			return count, err
		}
		count++
	}
	return count, lines.Flush()
}

// VendorFile is a list on disk.
type VendorFile struct {
	File
	Source, Day string
}

// VendorFileAt returns a source's list of a day; the error is fs.ErrNotExist if there is none.
func VendorFileAt(dataDir, source, day string) (VendorFile, error) {
	file, err := FileAt(VendorListPath(dataDir, source, day))
	return VendorFile{file, source, day}, err
}

// VendorFiles returns the lists in a data folder, by source and day.
func VendorFiles(dataDir string) ([]VendorFile, error) {
	sources, err := vendorSources(dataDir)
	if err != nil {
		return nil, err
	}
	var found []VendorFile
	for _, source := range sources {
		entries, err := os.ReadDir(filepath.Join(VendorDir(dataDir), source))
		if err != nil {
			return nil, err
		}
		for _, entry := range entries {
			day, ok := strings.CutSuffix(entry.Name(), ".ndjson")
			if !ok || len(day) != len(time.DateOnly) || !isDay(day) {
				continue
			}
			file, err := VendorFileAt(dataDir, source, day)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			found = append(found, file)
		}
	}
	return found, nil
}

// OpenList returns the header of a list, and a reader of the lines after it.
func (f VendorFile) OpenList() (header VendorList, lines *Reader, err error) {
	lines, err = f.Open(0)
	if err != nil {
		return header, nil, err
	}
	first, err := lines.Next()
	if err == nil {
		err = checkHeader(first.Text)
	}
	if err == nil {
		err = json.Unmarshal(first.Text, &header)
	}
	if err == nil && (header.List == "" || header.Source != f.Source || header.Day != f.Day || header.FetchedAt.IsZero()) {
		err = fmt.Errorf("it is the list of source %q and day %q", header.Source, header.Day)
	}
	if err != nil {
		return header, nil, errors.Join(fmt.Errorf("%s: unreadable first line: %w", f.Path, err), lines.Close())
	}
	return header, lines, nil
}

// checkHeader is CheckLine for the first line of a list, which is no envelope.
func checkHeader(text []byte) error {
	at := max(len(text)-len(checksumPattern), 0)
	switch wrong := unlikeChecksum(text[at:]); {
	case wrong == 0 && sumOf(text[:at]) == string(text[at+checksumDigits:][:8]):
	case wrong <= 2:
		return errChecksum
	}
	return nil // an older list has none
}

// ReadVendorList returns the header of a source's list of a day; the error is fs.ErrNotExist if there is none.
func ReadVendorList(dataDir, source, day string) (VendorList, error) {
	file, err := VendorFileAt(dataDir, source, day)
	if err != nil {
		return VendorList{}, err
	}
	return file.Header()
}

// Header returns the first line of a list.
func (f VendorFile) Header() (VendorList, error) {
	header, lines, err := f.OpenList()
	if err != nil {
		return header, err
	}
	return header, lines.Close()
}

// Lines calls do with each line of a list, after it has checked the checksums and the number of rows.
func (f VendorFile) Lines(do func(line Line) error) (err error) {
	header, lines, err := f.OpenList()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lines.Close()) }()
	rows := int64(0)
	for ; ; rows++ {
		line, err := lines.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = CheckLine(line.Text)
		}
		if err == nil {
			err = do(line)
		}
		if err != nil {
			return fmt.Errorf("%s, line %d: %w", f.Path, rows+2, err)
		}
	}
	if rows != header.Rows {
		return fmt.Errorf("%s has %d rows and should have %d", f.Path, rows, header.Rows)
	}
	return nil
}
