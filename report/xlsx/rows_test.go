package xlsx

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func newTestWorkbook(t *testing.T) *Workbook {
	t.Helper()
	w, err := New("Sheet1", Options{Font: "Calibri", TextColour: "000000", TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Close)
	return w
}

func TestStreamedRowsAreReadBack(t *testing.T) {
	for shared := range 3 { // texts beyond the first are written into their cells
		testStreamedRows(t, shared)
	}
}

func testStreamedRows(t *testing.T, shared int) {
	w := newTestWorkbook(t)
	w.maxShared = shared
	s := w.Sheet("Sheet1")
	rows := s.StreamRows([]CellStyle{{}, {NumberFormat: "0.00"}, {}})
	for i, header := range []string{"Text", "Number", "Other"} {
		s.Put(i+1, 1, header, CellStyle{Bold: true})
	}
	for i, row := range [][]any{
		{"<a> & _x0041_", 1.25, true},
		{"https://example.com/?a=1&b=2", int64(-7), nil},
	} {
		rows.BeginRow(i + 2)
		for _, value := range row {
			rows.AddCell(value)
		}
		rows.EndRow()
	}
	rows.Link(1, 3, "https://example.com/?a=1&b=2")
	if err := rows.Close("A1:C3", "A1:C3"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if saved, err := w.Encode(&out); err != nil || saved.Bytes != int64(out.Len()) {
		t.Fatalf("%d of %d bytes: %v", saved.Bytes, out.Len(), err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"Text", "Number", "Other"}, {"<a> & _x0041_", "1.25", "TRUE"}, {"https://example.com/?a=1&b=2", "-7.00"}}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, target, err := f.GetCellHyperLink("Sheet1", "A3"); target != "https://example.com/?a=1&b=2" {
		t.Errorf("the link's target is %q, %v", target, err)
	}
	if tables, err := f.GetTables("Sheet1"); err != nil || len(tables) != 1 || tables[0].Range != "A1:C3" {
		t.Errorf("tables %v, %v", tables, err)
	}
	if used, err := f.GetSheetDimension("Sheet1"); used != "A1:C3" {
		t.Errorf("the used range is %s, %v", used, err)
	}
}

// Rows of several blocks, which several goroutines compress, are in order, and equal rows give equal bytes.
func TestBlocksOfRowsAreInOrder(t *testing.T) {
	const n = 30_000
	var files [2]bytes.Buffer
	for i := range files {
		w := newTestWorkbook(t)
		w.maxShared = 10
		s := w.Sheet("Sheet1")
		s.Put(1, 1, "Text", CellStyle{})
		rows := s.StreamRows([]CellStyle{{}, {}, {}})
		for row := 2; row <= n; row++ {
			rows.BeginRow(row)
			rows.AddCell(fmt.Sprintf(" %d ", row*row))
			rows.AddCell(int64(row))
			rows.AddCell(fmt.Sprintf("https://example.com/%d", row%20))
			rows.EndRow()
		}
		if err := rows.Close(fmt.Sprintf("A1:C%d", n), ""); err != nil {
			t.Fatal(err)
		}
		if rows.size < 3*blockSize {
			t.Errorf("only %d bytes, which are too few blocks", rows.size)
		}
		if _, err := w.Encode(&files[i]); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(files[0].Bytes(), files[1].Bytes()) {
		t.Error("equal rows give other bytes")
	}
	f, err := excelize.OpenReader(&files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := f.GetRows("Sheet1")
	if err != nil || len(got) != n {
		t.Fatalf("%d rows, %v", len(got), err)
	}
	for row := 2; row <= n; row++ {
		want := []string{fmt.Sprintf(" %d ", row*row), strconv.Itoa(row), fmt.Sprintf("https://example.com/%d", row%20)}
		if !slices.Equal(got[row-1], want) {
			t.Fatalf("row %d: got %q, want %q", row, got[row-1], want)
		}
	}
}

// The compressor may start only after the rows are closed.
func TestRowsCanBeClosedAtOnce(t *testing.T) {
	for range 200 {
		if err := newTestWorkbook(t).Sheet("Sheet1").StreamRows(nil).Close("A1", ""); err != nil {
			t.Fatal(err)
		}
	}
}

func TestCloseReleasesUnfinishedRows(t *testing.T) {
	w := newTestWorkbook(t)
	rows := w.Sheet("Sheet1").StreamRows([]CellStyle{{}})
	for i := range 1000 {
		rows.BeginRow(i + 1)
		rows.AddCell(strings.Repeat("x", 1000))
		rows.EndRow()
	}
	w.Close()
	if rows.compressor != nil {
		t.Error("the compressor still runs")
	}
	if left, err := os.ReadDir(w.options.TempDir); err != nil || len(left) != 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}

func TestCombineCRC(t *testing.T) {
	text := []byte(strings.Repeat("The quick brown fox jumps over the lazy dog. ", 50))
	for _, at := range []int{0, 1, 7, 1000, len(text)} {
		first, second := crc32.ChecksumIEEE(text[:at]), crc32.ChecksumIEEE(text[at:])
		if got, want := combineCRC(first, second, uint64(len(text)-at)), crc32.ChecksumIEEE(text); got != want {
			t.Errorf("divided at %d: got %x, want %x", at, got, want)
		}
	}
}
