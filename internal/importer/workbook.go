package importer

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// The limits of a workbook's parts. A sheet of a million rows has some 1 GB of XML, which is unpacked to a temporary file; other parts are
// unpacked in memory.
const (
	maxWorkbook = 4 << 30
	maxPart     = 128 << 20
	maxRatio    = 250 // of a large part's size to its compressed size; sheets have 10 to 60
)

// checkParts returns an error for a file that is no workbook, or that unpacks to more than a workbook does.
func checkParts(file string) error {
	parts, err := zip.OpenReader(file)
	if err != nil {
		return fmt.Errorf("the workbook is damaged: %w\nhint: export it again", err)
	}
	defer parts.Close()
	var sum uint64
	workbook := false
	for _, part := range parts.File {
		sum += part.UncompressedSize64
		name := strings.ToLower(part.Name)
		streamed := strings.HasPrefix(name, "xl/worksheets/sheet") || name == "xl/sharedstrings.xml"
		workbook = workbook || strings.HasPrefix(name, "xl/")
		switch {
		case sum > maxWorkbook, !streamed && part.UncompressedSize64 > maxPart,
			part.UncompressedSize64 > 16<<20 && part.UncompressedSize64/maxRatio > part.CompressedSize64:
			return fmt.Errorf("its part %s unpacks to %d MB, as no export of calls does\nhint: save only the sheet with the calls, as CSV", part.Name, part.UncompressedSize64>>20)
		}
	}
	if !workbook {
		return errors.New("is a ZIP file and no .xlsx workbook\nhint: unpack it, or save the workbook as .xlsx or CSV")
	}
	return nil
}

// extent is what the library does not say of a sheet.
type extent struct {
	lastRow int64      // 0 if the sheet is not where it is expected
	merged  mergedArea // over several rows, the lowest one
}

// mergedArea is an area of merged cells, such as A3:B5. Only its first cell has the value.
type mergedArea struct {
	name     string
	firstRow int64
}

// extentOf returns the extent of a sheet.
func extentOf(file, sheet string) (extent, error) {
	parts, err := zip.OpenReader(file)
	if err != nil {
		return extent{}, err
	}
	defer parts.Close()
	name := sheetPart(&parts.Reader, sheet)
	for _, part := range parts.File {
		if !strings.EqualFold(part.Name, name) {
			continue
		}
		content, err := part.Open()
		if err != nil {
			return extent{}, err
		}
		found, err := scanSheet(content)
		return found, errors.Join(err, content.Close())
	}
	return extent{}, nil
}

// sheetPart returns the part of a workbook that has a sheet.
func sheetPart(parts *zip.Reader, sheet string) string {
	var workbook struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"id,attr"` // of the relationship; the sheet's own number is sheetId
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		Relations []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if decodePart(parts, "xl/workbook.xml", &workbook) != nil || decodePart(parts, "xl/_rels/workbook.xml.rels", &relations) != nil {
		return ""
	}
	for _, s := range workbook.Sheets {
		for _, relation := range relations.Relations {
			if s.Name == sheet && s.ID == relation.ID {
				if target, ok := strings.CutPrefix(relation.Target, "/"); ok {
					return target
				}
				return path.Join("xl", relation.Target)
			}
		}
	}
	return ""
}

func decodePart(parts *zip.Reader, name string, into any) error {
	part, err := parts.Open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	return xml.NewDecoder(io.LimitReader(part, maxPart)).Decode(into)
}

// scanSheet looks for the elements of rows and merged areas by their starts, since text has no < in XML. A row's number is its attribute r,
// or one more than that of the row before.
func scanSheet(sheet io.Reader) (found extent, err error) {
	buffer := make([]byte, 1<<20)
	kept := 0
	for {
		n, err := io.ReadFull(sheet, buffer[kept:])
		text := buffer[:kept+n]
		ended := err != nil
		for {
			i := bytes.IndexByte(text, '<')
			if i < 0 {
				text = nil
				break
			}
			text = text[i:]
			end := bytes.IndexByte(text[:min(len(text), 4096)], '>')
			if end < 0 && !ended && len(text) < 4096 {
				break // the rest of the element is in the next bytes
			}
			if end < 0 {
				end = len(text) - 1
			}
			element := text[1:max(end, 1)]
			if number, ok := rowNumber(element, found.lastRow); ok {
				found.lastRow = number
			} else if area := mergedRows(element); area.firstRow > found.merged.firstRow {
				found.merged = area
			}
			text = text[1:]
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return found, nil
		case err != nil:
			return extent{}, err
		}
		kept = copy(buffer, text)
	}
}

// rowNumber returns the number of a row element, without its brackets; ok is false for other elements.
func rowNumber(element []byte, last int64) (number int64, ok bool) {
	name, rest, _ := bytes.Cut(bytes.TrimSuffix(element, []byte("/")), []byte(" "))
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if string(name) != "row" || element[0] == '/' {
		return 0, false
	}
	if _, after, found := bytes.Cut(append([]byte(" "), rest...), []byte(` r="`)); found {
		digits, _, _ := bytes.Cut(after, []byte(`"`))
		if number, err := strconv.ParseInt(string(digits), 10, 64); err == nil {
			return number, true
		}
	}
	return last + 1, true
}

// mergedRows returns the area of a mergeCell element that spans rows; empty for other elements.
func mergedRows(element []byte) (area mergedArea) {
	name, rest, _ := bytes.Cut(element, []byte(" "))
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	_, after, found := bytes.Cut(append([]byte(" "), rest...), []byte(` ref="`))
	if string(name) != "mergeCell" || !found {
		return area
	}
	reference, _, _ := bytes.Cut(after, []byte(`"`))
	first, last, _ := strings.Cut(string(reference), ":")
	firstRow, lastRow := rowOf(first), rowOf(last)
	if firstRow == lastRow {
		return area
	}
	return mergedArea{string(reference), firstRow}
}

// rowOf returns the row of a cell's name; 0 if it has none.
func rowOf(cell string) int64 {
	row, _ := strconv.ParseInt(strings.TrimLeft(cell, "ABCDEFGHIJKLMNOPQRSTUVWXYZ$"), 10, 64)
	return row
}
