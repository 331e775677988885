package importer

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// saveRows saves a workbook with a sheet of rows after a cover, and returns its path.
func saveRows(t *testing.T, rows [][]any) string {
	t.Helper()
	f := excelize.NewFile()
	if _, err := f.NewSheet("Calls"); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if err := f.SetSheetRow("Calls", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// editPart changes a part of a workbook, without damage to the ZIP file.
func editPart(t *testing.T, path, part string, edit func([]byte) []byte) {
	t.Helper()
	old, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	w.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestCompression) })
	for _, file := range old.File {
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		if file.Name == part {
			text = edit(text)
		}
		to, err := w.Create(file.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := to.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func readBook(t *testing.T, path, sheet string) (payloads []string, err error) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	reading := testReading(t)
	reading.Sheet = sheet
	payloads, _, err = readContent(t, reading, string(content))
	return payloads, err
}

func TestABookIsReadWholeOrRefused(t *testing.T) {
	rows := [][]any{{"Title"}, nil, {"Call ID", "Call Type", "Start", "Talk"}}
	for n := range 300 {
		rows = append(rows, []any{fmt.Sprintf("17911755%02d.9604%03d", n%100, n), "IVR", "2026-10-05 10:15:02", n})
	}
	rows = append(rows, []any{"Total", nil, nil, 44850})

	path := saveRows(t, rows)
	if got, err := readBook(t, path, "calls"); err != nil || len(got) != 300 {
		t.Errorf("%d rows, %v", len(got), err)
	}
	if _, err := readBook(t, path, ""); err == nil || !strings.Contains(err.Error(), "the sheets are Sheet1, Calls; --sheet names the one") {
		t.Errorf("an empty first sheet: %v", err)
	}
	if _, err := readBook(t, path, "Cals"); err == nil || !strings.Contains(err.Error(), `did you mean "Calls"?`) {
		t.Errorf("a sheet that is not there: %v", err)
	}

	editPart(t, path, "xl/worksheets/sheet2.xml", func(text []byte) []byte {
		return bytes.Replace(text, []byte(`<c r="D150"><v>`), []byte("<c r=\"D150\"><v>\x01"), 1)
	})
	if got, err := readBook(t, path, "Calls"); err == nil || !strings.Contains(err.Error(), "row 150 of 304 cannot be read") && !strings.Contains(err.Error(), "row 151 of 304 cannot be read") {
		t.Errorf("a character that XML does not allow: %d rows, %v", len(got), err)
	}

	path = saveRows(t, rows)
	editPart(t, path, "xl/styles.xml", func(text []byte) []byte { return append(text, make([]byte, 130<<20)...) })
	if _, err := readBook(t, path, "Calls"); err == nil || !strings.Contains(err.Error(), "xl/styles.xml unpacks to 130 MB") {
		t.Errorf("a part that unpacks to much: %v", err)
	}
	path = saveRows(t, rows)
	editPart(t, path, "xl/sharedStrings.xml", func(text []byte) []byte {
		return bytes.Replace(text, []byte("IVR"), bytes.Repeat([]byte("x"), 20<<20), 1)
	})
	if _, err := readBook(t, path, "Calls"); err == nil || !strings.Contains(err.Error(), "xl/sharedStrings.xml unpacks to 20 MB") {
		t.Errorf("a text that unpacks to much: %v", err)
	}

	path = saveRows(t, rows)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content[:len(content)-100], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readBook(t, path, "Calls"); err == nil || !strings.Contains(err.Error(), "the workbook is damaged") {
		t.Errorf("a truncated workbook: %v", err)
	}
	var other bytes.Buffer
	w := zip.NewWriter(&other)
	if _, err := w.Create("mimetype"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if err := os.WriteFile(path, other.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readBook(t, path, ""); err == nil || !strings.Contains(err.Error(), "no .xlsx workbook") {
		t.Errorf("another ZIP file: %v", err)
	}
}

// TestMergedCellsOfSeveralRowsAreRefused: only the first of the rows has the value, so the others would have none.
func TestMergedCellsOfSeveralRowsAreRefused(t *testing.T) {
	rows := [][]any{{"Title"}, nil, {"Call ID", "Call Type", "Start", "Talk", "Group"}, nil,
		{"1791175502.9604", "IVR", "2026-10-05 10:15:02", 40, "Sales"}, {"1791175503.9604", "IVR", "2026-10-05 10:15:03", 40, nil}}
	for areas, refused := range map[string]bool{"A1:E2": false, "A3:A4 B3:B4": false, "A5:B5": false, "A1:E2 E5:E6 A5:B5": true, "$E$5:$E$6": true} {
		path := saveRows(t, rows)
		var cells strings.Builder
		for area := range strings.FieldsSeq(areas) {
			fmt.Fprintf(&cells, `<mergeCell ref="%s"/>`, area)
		}
		editPart(t, path, "xl/worksheets/sheet2.xml", func(text []byte) []byte {
			return bytes.Replace(text, []byte("</sheetData>"), []byte("</sheetData><mergeCells>"+cells.String()+"</mergeCells>"), 1)
		})
		switch got, err := readBook(t, path, "Calls"); {
		case refused && (err == nil || !strings.Contains(err.Error(), " are merged, so only the first of these rows has their value")):
			t.Errorf("%s: %v", areas, err)
		case !refused && (err != nil || len(got) != 2):
			t.Errorf("%s: %d rows, %v", areas, len(got), err)
		}
	}
}

// TestTheFirstSheetThatIsShownIsRead: hidden sheets are not imported.
func TestTheFirstSheetThatIsShownIsRead(t *testing.T) {
	path := saveRows(t, [][]any{{"Call ID", "Call Type", "Start", "Talk"}, {"1791175502.9604", "IVR", "2026-10-05 10:15:02", 40}})
	for _, state := range []string{"hidden", "veryHidden"} {
		editPart(t, path, "xl/workbook.xml", func(text []byte) []byte {
			return bytes.Replace(text, []byte(`<sheet name="Sheet1"`), []byte(`<sheet state="`+state+`" name="Sheet1"`), 1)
		})
		s, err := openSheet(path, "", t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if r, err := s.next(); err != nil || len(r.cells) != 4 || len(s.unread) != 0 {
			t.Errorf("%s: %v, %v, not read %v", state, r.cells, err, s.unread)
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		editPart(t, path, "xl/workbook.xml", func(text []byte) []byte { return bytes.Replace(text, []byte(` state="`+state+`"`), nil, 1) })
	}
}

func TestRowsOfASheetAreCountedAcrossBlocks(t *testing.T) {
	for _, size := range []int{10, 1000, 70_000} {
		var sheet strings.Builder
		sheet.WriteString(`<worksheet><rows/><sheetData>`)
		for n := range size {
			fmt.Fprintf(&sheet, `<row spans="1:3" r="%d" ht="15"><c r="A%d"><v>%d</v></c></row>`, n+1, n+1, n)
		}
		sheet.WriteString(`<x:row><c/></x:row><row/></sheetData></worksheet>`)
		for name, r := range map[string]io.Reader{"whole": strings.NewReader(sheet.String()), "in parts": onePart{strings.NewReader(sheet.String())}} {
			if got, err := scanSheet(r); got.lastRow != int64(size)+2 || err != nil {
				t.Errorf("%d rows, %s: %d, %v", size, name, got.lastRow, err)
			}
		}
	}
}

// onePart reads few bytes at a time.
type onePart struct{ io.Reader }

func (p onePart) Read(b []byte) (int, error) { return p.Reader.Read(b[:min(len(b), 777)]) }
