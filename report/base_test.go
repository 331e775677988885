package report

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"callsheet/report/xlsx"

	"callsheet/internal/locale"

	"github.com/xuri/excelize/v2"
)

// companyFolder returns a folder with a logo and a base workbook.
func companyFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var picture bytes.Buffer
	logo := image.NewRGBA(image.Rect(0, 0, 300, 90))
	for i := range logo.Pix {
		logo.Pix[i] = 0x80
	}
	logo.Set(1, 1, color.White)
	if err := png.Encode(&picture, logo); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "logo.png"), picture.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	base, err := Parse("cover", []byte(`
title: Cover
sheets:
  - {kind: table, name: Gro ups, query: groups, columns: [call_group, offered]}
  - kind: trend
    name: Cover
    query: days
    columns: [local_day, offered]
    charts: [{title: Goals, columns: [offered]}]
`), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := base.Build(t.Context(), &testSource{calls: testMonth()}, request(t, "2026-09"), filepath.Join(dir, "company.xlsx")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestBaseWorkbookAndLogoAreKept(t *testing.T) {
	skipIfShort(t)
	dir := companyFolder(t)
	text, err := os.ReadFile("../templates/daily.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse("daily", append([]byte("base: company.xlsx\nlogo: logo.png\n"), text...), dir)
	if err != nil {
		t.Fatal(err)
	}
	src, req := &testSource{calls: testMonth()}, request(t, "yesterday")
	path, first := build(t, d, src, req)
	f := open(t, path)
	if got := shown(t, f, "Cover", "A5"); got != "Tue 1 Sep 2026" {
		t.Errorf("the cover shows %q", got)
	}
	if first.Sheets[1] != "Cover" || first.Sheets[2] != "Summary" || f.GetActiveSheetIndex() != 2 {
		t.Errorf("sheet %d of %v is active", f.GetActiveSheetIndex(), first.Sheets)
	}
	pictures, err := f.GetPictureCells("Summary")
	if err != nil || len(pictures) != 1 || !strings.HasSuffix(pictures[0], "1") {
		t.Errorf("pictures in %v, %v", pictures, err)
	}
	tables, err := f.GetTables("Groups")
	if err != nil || len(tables) != 1 || tables[0].Name != "t_Groups_2" {
		t.Errorf("tables %v, %v", tables, err)
	}
	second, err := d.Build(t.Context(), src, req, filepath.Join(t.TempDir(), "again.xlsx"))
	if err != nil || second.SHA256 != first.SHA256 {
		t.Errorf("two builds differ, %v", err)
	}
	calendar1904 := excelize.NewFile()
	from1904 := true
	if err := calendar1904.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
		t.Fatal(err)
	}
	if err := calendar1904.SaveAs(filepath.Join(t.TempDir(), "1904.xlsx")); err != nil {
		t.Fatal(err)
	}
	base := d.Base
	d.Base = calendar1904.Path
	if _, err := d.Build(t.Context(), src, req, path); err == nil || !strings.Contains(err.Error(), "1904") {
		t.Errorf("the 1904 date system: %v", err)
	}
	d.Base = base
	d.Sheets[1].Name = "cover"
	if _, err := d.Build(t.Context(), src, req, path); err == nil || !strings.Contains(err.Error(), `has a sheet "Cover"`) {
		t.Errorf("two sheets with the same name: %v", err)
	}
}

func TestMaskedCustomersCannotBeRead(t *testing.T) {
	d := readTemplate(t, "daily")
	d.MaskCustomers = true
	src := &testSource{calls: testMonth()}
	path, _ := build(t, d, src, request(t, "yesterday"))
	all := ""
	for _, part := range parts(t, path) {
		all += part
	}
	in := src.callsBetween("2026-10-04", "2026-10-04", nil)
	for _, c := range in {
		if strings.Contains(all, c.customer) {
			t.Fatalf("the workbook contains %s", c.customer)
		}
	}
	last := in[0].customer
	if want := "xxxxxx" + last[len(last)-4:]; !strings.Contains(all, want) || !strings.Contains(all, "Only the last four digits") {
		t.Errorf("the workbook does not contain %s and a note", want)
	}
	columns := []string{"customer_number", "customer_key", "field", "old", "new", "agent_number", "extra"}
	for _, c := range []struct{ row, want []any }{
		{[]any{int64(9811100001), []any{"9811100001", nil}, "customer_number", "9811100001", nil, "9280000001", "{}"},
			[]any{"xxxxxx0001", []any{"xxxxxx0001", nil}, "customer_number", "xxxxxx0001", nil, "9280000001", redacted}},
		{[]any{nil, nil, "extra", `{"from":"9811100001"}`, "{}", nil, nil}, []any{nil, nil, "extra", redacted, redacted, nil, nil}},
		{[]any{"", nil, "coins", "12", "13", nil, nil}, []any{"", nil, "coins", "12", "13", nil, nil}},
	} {
		maskRow(columns, c.row)
		if !reflect.DeepEqual(c.row, c.want) {
			t.Errorf("masked as %v, want %v", c.row, c.want)
		}
	}
	charts := "title: T\nmask_customers: true\nsheets:\n  - {kind: summary, name: S, tiles: [{metric: offered}], charts: [{title: C, query: missed, by: customer_number, columns: [attempts]}]," +
		" ranking: {query: missed, columns: [call_group, customer_number]}}\n  - {kind: cards, name: C, query: missed, columns: [call_group, customer_number]}"
	d, err := Parse("charts", []byte(charts), "")
	if err != nil {
		t.Fatal(err)
	}
	path, _ = build(t, d, src, request(t, "yesterday"))
	for name, part := range parts(t, path) {
		for _, c := range in {
			if strings.Contains(part, c.customer) {
				t.Fatalf("%s contains %s", name, c.customer)
			}
		}
	}
	for number, want := range map[string]string{
		"09811100001": "xxxxxxx0001", "+91 98111 00001": "+xx xxxxx x0001", "1234": "xxxx", "98xxxx0001": "xxxxxx0001",
	} {
		if got := maskNumber(number); got != want {
			t.Errorf("%s is masked as %s, want %s", number, got, want)
		}
	}
}

func TestLimitIsShownOnTheSheetAndInNotes(t *testing.T) {
	d := readTemplate(t, "daily")
	for i := range d.Sheets {
		if d.Sheets[i].Name == "Calls" || d.Sheets[i].Name == "Agents" {
			d.Sheets[i].Limit = 3
		}
	}
	path, result := build(t, d, &testSource{calls: testMonth()}, request(t, "yesterday"))
	f := open(t, path)
	if result.Rows != 3 || len(result.Remarks) != 2 || !strings.Contains(result.Remarks[0], "Calls shows the first 3 of 36 rows") {
		t.Errorf("%d rows, %q", result.Rows, result.Remarks)
	}
	if got := shown(t, f, "Calls", "B3"); got != "The first 3 rows, and 33 more, which this sheet leaves out. "+d.Sheets[slices.IndexFunc(d.Sheets, func(s Sheet) bool { return s.Name == "Calls" })].Note+" "+notPrinted {
		t.Errorf("Calls shows %q", got)
	}
	if got := shown(t, f, "Agents", xlsx.Cell(1, headerRow+6)); !strings.HasPrefix(got, "and ") {
		t.Errorf("Agents shows %q", got)
	}
}

// coinsColumn returns the first cell of the coins on the sheet Calls.
func coinsColumn(t *testing.T, f *excelize.File) string {
	t.Helper()
	rows, err := f.GetRows("Calls")
	if err != nil {
		t.Fatal(err)
	}
	return xlsx.Cell(slices.Index(rows[headerRow-1], "Coins")+1, headerRow+1)
}

func TestFormatsFollowTheLocale(t *testing.T) {
	skipIfShort(t)
	for name, want := range map[string]string{
		"en-GB": "#,##0", "en-US": "#,##0", "en-IN": `[>=10000000]##\,##\,##\,##0;[>=100000]##\,##\,##0;#,##0`,
	} {
		parsed, err := locale.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		req := request(t, "2026-09")
		req.Locale = parsed
		path, _ := build(t, readTemplate(t, "monthly"), &testSource{calls: testMonth()}, req)
		f := open(t, path)
		if got := formatOf(t, f, "Groups", "B5"); got != want {
			t.Errorf("%s: the format of counts is %s", name, got)
		}
		if got := shown(t, f, "Hours", "A6"); (got == "Monday") != (name == "en-GB") {
			t.Errorf("%s: the week begins with %s", name, got)
		}
		if got := formatOf(t, f, "Calls", "A5"); (got == "mmm d, yyyy h:mm AM/PM") != (name == "en-US") {
			t.Errorf("%s: the format of times is %s", name, got)
		}
		if column := coinsColumn(t, f); strings.HasPrefix(formatOf(t, f, "Calls", column), "[>=") != parsed.Indian {
			t.Errorf("%s: the format of coins is %s", name, formatOf(t, f, "Calls", column))
		}
	}
	american, err := locale.Parse("en-US")
	if err != nil {
		t.Fatal(err)
	}
	british := regexp.MustCompile(`\b\d{1,2} (January|February|September|October|Sep|Oct)\b`)
	for name, when := range map[string]string{"daily": "yesterday", "weekly": "2026-W40", "monthly": "2026-09", "missed": "yesterday"} {
		req := request(t, when)
		req.Locale = american
		path, _ := build(t, readTemplate(t, name), &testSource{calls: testMonth()}, req)
		for part, text := range parts(t, path) {
			if found := british.FindString(text); found != "" {
				t.Errorf("%s, %s has %q", name, part, found)
			}
		}
	}
	b := &book{}
	b.locale.Indian = true
	for n, want := range map[float64]string{-5: b.countFormat(0), -100000: `##\,##\,##0`, -12345678: `##\,##\,##\,##0`, 12345678: b.countFormat(0)} {
		if got := b.negativeFormat(n, b.countFormat(0)); got != want {
			t.Errorf("%v is formatted as %s, want %s", n, got, want)
		}
	}
}

func TestTextsMayBeginWithAnyLetter(t *testing.T) {
	for name, want := range map[string]string{"समूह": "समूह", "éviction_rate": "Éviction rate", "own_value": "Own value", "": ""} {
		if got := (catalog{}).callColumn(name).label; got != want {
			t.Errorf("the label of %q is %q, want %q", name, got, want)
		}
	}
	for label, want := range map[string]string{"Éviction rate": "éviction rate", "समूह": "समूह", "P90 wait": "P90 wait", "Offered": "offered", "É": "É"} {
		if got := lowerFirst(label); got != want {
			t.Errorf("%q within a sentence is %q, want %q", label, got, want)
		}
	}
}

func TestIntegersThatExcelWouldRoundAreText(t *testing.T) {
	b := &book{}
	for n, want := range map[int64]any{
		999_999_999_999_999: int64(999_999_999_999_999), 1_234_567_890_123_456_789: "1234567890123456789", -1_000_000_000_000_000: "-1000000000000000",
	} {
		if report, rows := b.cellValue(n, "count"), plainValue(n); report != want || rows != want {
			t.Errorf("%d is %#v in a report and %#v among rows, want %#v", n, report, rows, want)
		}
	}
}

func TestFractionsAreGroupedByLakhs(t *testing.T) {
	b := &book{}
	b.locale.Indian = true
	for name, want := range map[string]string{
		"decimal": `[>=10000000]##\,##\,##\,##0.0;[>=100000]##\,##\,##0.0;#,##0.0`,
		"number":  `[>=10000000]##\,##\,##\,##0.00;[>=100000]##\,##\,##0.00;#,##0.00`,
	} {
		if got := b.excelFormat(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
	if got := b.negativeFormat(-1234567.5, b.excelFormat("number")); got != `##\,##\,##0.00` {
		t.Errorf("a negative number: %s", got)
	}
}
