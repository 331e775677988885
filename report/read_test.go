package report

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"callsheet/report/xlsx"
	"time"

	"github.com/xuri/excelize/v2"
)

// raw returns a cell as it is stored.
func raw(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// shown returns a cell as it is displayed.
func shown(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	v, err := f.GetCellValue(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func formatOf(t *testing.T, f *excelize.File, sheet, cell string) string {
	t.Helper()
	id, err := f.GetCellStyle(sheet, cell)
	if err != nil {
		t.Fatal(err)
	}
	style, err := f.GetStyle(id)
	if err != nil {
		t.Fatal(err)
	}
	if style.CustomNumFmt == nil {
		return map[int]string{3: "#,##0", 4: "#,##0.00", 49: "@"}[style.NumFmt]
	}
	return *style.CustomNumFmt
}

// Every table has the source's figures, as numbers in the right unit. Unknown values are empty.
func TestTablesHoldTheSourcesFigures(t *testing.T) {
	src := &testSource{calls: testMonth()}
	d, req := readTemplate(t, "daily"), request(t, "yesterday")
	path, _ := build(t, d, src, req)
	f := open(t, path)
	words := map[any]any{}
	_, codes := src.queryAll(t, "codes", nil)
	for _, code := range codes {
		words[code[1]] = code[2]
	}
	for _, s := range d.Sheets {
		if s.Kind != "table" {
			continue
		}
		args := (&queryCache{req: req}).args(querySpec{"summary", req.Period, s.Filters})
		columns, rows := src.queryAll(t, s.Query, args)
		sumColumns, sum := src.queryAll(t, "summary", args)
		totals := row{}
		if s.Total != "" {
			totals = row{columns: sumColumns, values: sum[0]}
		}
		s = (&book{}).withFigures(s, &resultSet{columns: columns, rows: rows}, totals)
		for i, name := range s.Columns {
			at := slices.Index(columns, name)
			for n, row := range rows {
				want := row[at]
				if name == "recovery" && want != nil {
					want = words[want]
				}
				compareCell(t, f, s.Name, xlsx.Cell(i+1, headerRow+1+n), name, want)
			}
			if i > 0 && s.Total != "" && slices.Contains(sumColumns, name) {
				compareCell(t, f, s.Name, xlsx.Cell(i+1, headerRow+2+len(rows)), name, sum[0][slices.Index(sumColumns, name)])
			}
		}
	}
}

// compareCell compares a cell with the source's value.
func compareCell(t *testing.T, f *excelize.File, sheet, at, column string, want any) {
	t.Helper()
	got := raw(t, f, sheet, at)
	switch want := want.(type) {
	case nil:
		if got != "" && !strings.HasPrefix(got, "(no ") {
			t.Errorf("%s!%s %s: got %q for an unknown value", sheet, at, column, got)
		}
	case string:
		if got != want {
			t.Errorf("%s!%s %s: got %q, want %q", sheet, at, column, got, want)
		}
	case time.Time:
		if v, err := strconv.ParseFloat(got, 64); err != nil || math.Abs(v-xlsx.SerialTime(want.In(india))) > 1e-6 {
			t.Errorf("%s!%s %s: got %q, want %v", sheet, at, column, got, want)
		}
	default:
		n, _ := toNumber(want)
		if strings.HasSuffix(column, "_seconds") {
			n /= xlsx.SecondsPerDay
		}
		if v, err := strconv.ParseFloat(got, 64); err != nil || math.Abs(v-n) > 1e-9 {
			t.Errorf("%s!%s %s: got %q, want %v", sheet, at, column, got, n)
		}
	}
}

// TestNetRatesAreShownWithTheServiceLevel, since they too leave out short abandons, and the summary says what each is of.
func TestNetRatesAreShownWithTheServiceLevel(t *testing.T) {
	path, built := build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, request(t, "yesterday"))
	rows, err := open(t, path).GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, row := range rows {
		text.WriteString(strings.Join(row, "|") + "\n")
	}
	for _, want := range []string{`Net [\d.]+% answered, [\d.]+% abandoned`, `Net rates: without those given up within 5 s\. Service level: also without answers of unknown wait\.`} {
		if !regexp.MustCompile(want).MatchString(text.String()) {
			t.Errorf("the summary does not match %s:\n%s", want, text.String())
		}
	}
	var labels []string
	for _, figure := range built.Figures {
		labels = append(labels, figure.Label)
	}
	if at := slices.Index(labels, "Net answer rate"); at < 1 || !strings.HasPrefix(labels[at-1], "Service level") || labels[at+1] != "Net abandon rate" {
		t.Errorf("got the figures %q", labels)
	}
}

func TestCellsHaveTheFormatOfTheirColumn(t *testing.T) {
	path, _ := build(t, readTemplate(t, "daily"), &testSource{calls: testMonth()}, request(t, "yesterday"))
	f := open(t, path)
	for at, want := range map[string]string{
		"Groups!B5": "#,##0", "Groups!E5": "0.0%", "Groups!H5": "0.0%", "Groups!I5": "[m]:ss", "Groups!L5": "[h]:mm:ss", "Groups!A5": "@",
		"Trend!A5": "ddd d mmm yyyy", "Calls!A5": "d mmm yyyy hh:mm", "Calls!E5": "@", "Calls!K5": "[h]:mm:ss",
		"Agents!P5": "#,##0.00", "Hours!B5": "00",
	} {
		sheet, ref, _ := strings.Cut(at, "!")
		if got := formatOf(t, f, sheet, ref); got != want {
			t.Errorf("%s: got format %s, want %s", at, got, want)
		}
	}
}

// Identifiers stay text with their zeros. Times are in the report's zone, whatever zone the driver uses.
func TestDetailKeepsIdentifiersAndLocalTimes(t *testing.T) {
	src := &testSource{calls: testMonth()}
	path, result := build(t, readTemplate(t, "daily"), src, request(t, "yesterday"))
	f := open(t, path)
	in := src.callsBetween("2026-10-04", "2026-10-04", nil)
	if result.Rows != int64(len(in)) || result.Calls != int64(len(in)) {
		t.Errorf("got %d rows of %d calls, want %d", result.Rows, result.Calls, len(in))
	}
	heads, err := f.GetRows("Calls")
	if err != nil {
		t.Fatal(err)
	}
	column := func(label string) int { return slices.Index(heads[headerRow-1], label) + 1 }
	for i, c := range in {
		row := headerRow + 1 + i
		for label, want := range map[string]string{"Customer": c.customer, "Call SID": c.sid, "Campaign": c.camp, "Group": c.group} {
			at := xlsx.Cell(column(label), row)
			if got := raw(t, f, "Calls", at); got != want {
				t.Errorf("%s %s: got %q, want %q", label, at, got, want)
			}
			if kind, _ := f.GetCellType("Calls", at); want != "" && kind != excelize.CellTypeSharedString {
				t.Errorf("%s %s is of type %v, not text", label, at, kind)
			}
		}
		serial, err := strconv.ParseFloat(raw(t, f, "Calls", xlsx.Cell(column("Started"), row)), 64)
		if err != nil {
			t.Fatal(err)
		}
		when, err := excelize.ExcelDateToTime(serial, false)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := when.Round(time.Second).Format(time.DateTime), c.at.Format(time.DateTime); got != want {
			t.Errorf("row %d started %s, want %s", row, got, want)
		}
	}
}

// Excel offers to repair a table whose headers differ from their cells, repeat, or have no rows.
func TestTablesAreValid(t *testing.T) {
	path, _ := build(t, readTemplate(t, "weekly"), &testSource{calls: testMonth()}, request(t, "last-week"))
	f := open(t, path)
	names, tables := map[string]bool{}, 0
	for _, sheet := range f.GetSheetList() {
		all, err := f.GetTables(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range all {
			tables++
			if names[table.Name] {
				t.Errorf("two tables are named %s", table.Name)
			}
			names[table.Name] = true
			first, last, _ := strings.Cut(table.Range, ":")
			left, top, _ := excelize.CellNameToCoordinates(first)
			right, bottom, _ := excelize.CellNameToCoordinates(last)
			seen := map[string]bool{}
			for column := left; column <= right; column++ {
				head := raw(t, f, sheet, xlsx.Cell(column, top))
				if head == "" || seen[strings.ToLower(head)] {
					t.Errorf("%s: header %q is empty or repeats", sheet, head)
				}
				seen[strings.ToLower(head)] = true
			}
			if bottom <= top {
				t.Errorf("%s: table %s has no rows", sheet, table.Range)
			}
			if sheet != "Notes" && raw(t, f, sheet, xlsx.Cell(left, bottom)) == "" {
				t.Errorf("%s: table %s ends in an empty row", sheet, table.Range)
			}
			if after := raw(t, f, sheet, xlsx.Cell(left, bottom+1)); after != "" {
				t.Errorf("%s: %q is right below the table", sheet, after)
			}
		}
	}
	if tables != 14 { // Groups, Service, Waits, Agents, Group × Agent, Trend, To call back, Missed, Outgoing, Campaigns, Coins, Numbers, Calls, Notes
		t.Errorf("got %d tables", tables)
	}
}

func TestNoCellHoldsAFormulaAndSummaryIsActive(t *testing.T) {
	path, result := build(t, readTemplate(t, "monthly"), &testSource{calls: testMonth()}, request(t, "2026-09"))
	f := open(t, path)
	if f.GetActiveSheetIndex() != 0 || result.Sheets[0] != "Summary" {
		t.Errorf("sheet %d of %v is active", f.GetActiveSheetIndex(), result.Sheets)
	}
	for name, part := range parts(t, path) {
		if strings.HasPrefix(name, "xl/worksheets/sheet") && strings.Contains(part, "<f>") {
			t.Errorf("%s contains a formula", name)
		}
		if strings.HasPrefix(name, "xl/charts/chart") {
			if strings.Contains(part, "<ptCount val=\"0\">") || !strings.Contains(part, "<pt idx=\"0\">") {
				t.Errorf("%s does not contain the figures that it draws", name)
			}
		}
		if strings.HasPrefix(name, "xl/drawings/drawing") && strings.Contains(part, `descr=""`) {
			t.Errorf("%s has a chart without alternative text", name)
		}
		if strings.Contains(part, `<dimension ref="A1">`) {
			t.Errorf("%s has a wrong dimension", name)
		}
	}
}

func TestSummaryShowsChangesAsSignNumberAndWord(t *testing.T) {
	src := &testSource{calls: testMonth()}
	path, _ := build(t, readTemplate(t, "daily"), src, request(t, "yesterday"))
	f := open(t, path)
	rows, err := f.GetRows("Summary")
	if err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	for _, row := range rows {
		page.WriteString(strings.Join(row, "\t") + "\n")
	}
	for _, want := range []string{
		"Daily call report", "Sunday 4 October 2026", "times in Asia/Kolkata", "Last delivery received 5 Oct 2026 07:58",
		"of 5 missed callers", "9 duplicates removed", "1 line rejected", "Compared with Sunday 27 September, and the last three Sundays",
		"within usual 74.1–91.3%", "▼ 8.1 points vs last Sunday", "▲ above usual 0.77–0.82, worse", "vs last Sunday\n", "All groups", "Needs attention", "sheet Notes", "बिक्री",
	} {
		if !strings.Contains(page.String(), want) {
			t.Errorf("the summary does not contain %q:\n%s", want, page.String())
		}
	}
}
