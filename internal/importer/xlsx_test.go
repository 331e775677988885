package importer

import (
	"errors"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// saveSheet saves a workbook with one row of cells; a format is that of the cell above it.
func saveSheet(t *testing.T, date1904 bool, values []any, formats []string) string {
	t.Helper()
	f := excelize.NewFile()
	if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &date1904}); err != nil {
		t.Fatal(err)
	}
	for i, value := range values {
		cell, err := excelize.CoordinatesToCellName(i+1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellValue("Sheet1", cell, value); err != nil {
			t.Fatal(err)
		}
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &formats[i]})
		if err != nil {
			t.Fatal(err)
		}
		if err := f.SetCellStyle("Sheet1", cell, cell, style); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func readSheet(t *testing.T, path string) []string {
	t.Helper()
	s, err := openSheet(path, "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	r, err := s.next()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.next(); !errors.Is(err, io.EOF) {
		t.Errorf("after the last row: %v", err)
	}
	return r.cells
}

func TestCellsHaveTheirValuesWhateverTheirNumberFormatShows(t *testing.T) {
	const october5 = 46300 // days since 1899-12-30
	cases := []struct {
		value               any
		format, field, want string
	}{
		{october5 + 36902.0/86400, "dd-mm", startTime, "2026-10-05 10:15:02"},
		{october5 + 36902.0/86400, "m/d/yy h:mm", startTime, "2026-10-05 10:15:02"},
		{october5 + 36902.0/86400, `[$-409]d\-mmm\-yy\ h:mm AM/PM;@`, startTime, "2026-10-05 10:15:02"},
		{october5 + 36902.123/86400, "yyyy-mm-dd hh:mm:ss.000", startTime, "2026-10-05 10:15:02.123"},
		{october5, "dd/mm/yyyy", startTime, "2026-10-05"},
		{october5, "m/d/yy", startTime, "2026-10-05"},
		{october5, "dd/mm/yyyy h:mm", startTime, "2026-10-05 00:00:00"},
		{36902.0 / 86400, "h:mm", startTime, "10:15:02"},
		{326.0 / 86400, "h:mm:ss", "CallDuration", "326"},
		{326.0 / 86400, "mm:ss", "TalkDuration", "326"},
		{90000.0 / 86400, "[h]:mm:ss", "CallDuration", "90000"},
		{326.48 / 86400, "mm:ss.0", "CallDuration", "326.48"},
		{326, "0", "CallDuration", "326"},
		{326, `0" s"`, "CallDuration", "326"},
		{1326, "#,##0", "CallDuration", "1326"},
		{0.00377, "0.00", "CallDuration", "0.00377"},
		{9876543210, "00000000000", sourceNumber, "9876543210"},
		{919876543210, "General", sourceNumber, "919876543210"},
		{1791175502.960412, "0.0000000", callSid, "1791175502.96041"},
		{1.5, `[$₹-4009]\ #,##0.00`, "coins", "1.5"},
		{0.25, "0%", "coins", "0.25"},
		{"1791175502.9604120", "@", callSid, "1791175502.9604120"},
		{"05-10-2026 10:15:02", "dd-mm-yyyy", startTime, "05-10-2026 10:15:02"},
		{"आशीष", "General", "receiver_name", "आशीष"},
		{true, "General", "receiver_name", "TRUE"},
	}
	var values []any
	var formats []string
	for _, c := range cases {
		values, formats = append(values, c.value), append(formats, c.format)
	}
	for _, date1904 := range []bool{false, true} {
		cells := readSheet(t, saveSheet(t, date1904, values, formats))
		if len(cells) != len(cases) {
			t.Fatalf("%d cells, want %d", len(cells), len(cases))
		}
		for i, c := range cases {
			want := c.want
			for _, layout := range []string{"2006-01-02 15:04:05.999", time.DateOnly} {
				_, isText := c.value.(string)
				if day, err := time.Parse(layout, want); err == nil && date1904 && !isText {
					want = day.AddDate(0, 0, 1462).Format(layout)
					break
				}
			}
			if got := cellText(c.field, cells[i]); got != want {
				t.Errorf("1904 %v: %v as %s is %q, want %q", date1904, c.value, c.format, got, want)
			}
		}
	}
}

func TestEverySecondOfADayIsReadFromItsSerialNumber(t *testing.T) {
	for second := range 86400 {
		serial := 46300 + float64(second)/86400
		for _, written := range []float64{serial, math.Nextafter(serial, 0), math.Nextafter(serial, 1e9)} {
			cell := serialMark + formatSerial(written)
			want := time.Date(2026, 10, 5, 0, 0, second, 0, time.UTC).Format(time.DateTime)
			if got := cellText(startTime, cell); got != want {
				t.Fatalf("%v is %s, want %s", written, got, want)
			}
		}
	}
}

// formatSerial writes a number as the number format of showValues does.
func formatSerial(serial float64) string { return strconv.FormatFloat(serial, 'f', 12, 64) }
