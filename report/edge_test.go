package report

import (
	"archive/zip"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"callsheet/report/xlsx"
	"time"

	"github.com/xuri/excelize/v2"
)

func parts(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	all := map[string]string{}
	for _, file := range z.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all[file.Name] = string(b)
	}
	return all
}

func TestEmptyPeriodShowsAMessage(t *testing.T) {
	skipIfShort(t)
	for _, name := range []string{"daily", "weekly", "monthly"} {
		req := request(t, "yesterday")
		req.Filters = map[string]string{"group": "Nobody's"}
		path, result := build(t, readTemplate(t, name), &testSource{calls: testMonth()}, req)
		f := open(t, path)
		if result.Rows != 0 || result.Calls != 0 {
			t.Errorf("%s: got %+v", name, result)
		}
		for sheet, at := range map[string]string{"Summary": "B2", "Groups": "A4", "Agents": "A4", "Calls": "A5"} {
			if got := shown(t, f, sheet, at); !strings.HasPrefix(got, "No calls in this period with this filter") && got != "No calls with an agent in this period." {
				t.Errorf("%s: %s!%s shows %q", name, sheet, at, got)
			}
		}
		for _, sheet := range []string{"Groups", "Agents", "Calls"} {
			if tables, _ := f.GetTables(sheet); len(tables) != 0 {
				t.Errorf("%s: %s has a table without rows", name, sheet)
			}
		}
		for _, at := range []string{"F8", "F14"} { // answer rate and service level
			if got := raw(t, f, "Summary", at); got != "" {
				t.Errorf("%s: Summary!%s shows %q", name, at, got)
			}
		}
	}
}

func TestAFailureLeavesNoFile(t *testing.T) {
	d := readTemplate(t, "daily")
	for _, query := range d.Queries() {
		if query == "restated" {
			continue // these calls have no late changes, so it does not run
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "out.xlsx")
		src := &testSource{calls: testMonth(), fail: query}
		if _, err := d.Build(context.Background(), src, request(t, "yesterday"), path); err == nil {
			t.Errorf("%s failed, and Build returned no error", query)
		} else if !strings.Contains(err.Error(), "query "+query) || !strings.Contains(err.Error(), "disk on fire") {
			t.Errorf("%s: got error %q", query, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: %v is left behind", query, left)
		}
	}
}

// A folder at the path of the new file makes only the final rename fail. The temporary file must then be gone.
func TestFailedRenameKeepsOnlyTheOldFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.xlsx")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	_, err := readTemplate(t, "daily").Build(context.Background(), &testSource{calls: testMonth()}, request(t, "yesterday"), path)
	if err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("%v is left behind", left)
	}
}

func TestAMissingFolderIsNamedWithAHint(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "out.xlsx")
	_, err := readTemplate(t, "daily").Build(context.Background(), &testSource{calls: testMonth()}, request(t, "yesterday"), path)
	if err == nil || !strings.Contains(err.Error(), filepath.Dir(path)) || !strings.Contains(err.Error(), "hint: ") {
		t.Errorf("got %v", err)
	}
}

// TestFurtherSheetsFollowTheFirst has a detail sheet among the others, which are filled later, and some of which are left out.
func TestFurtherSheetsFollowTheFirst(t *testing.T) {
	d := readTemplate(t, "daily")
	d.limits = limits{rows: 10, links: 5}
	last := len(d.Sheets) - 1
	d.Sheets = slices.Insert(d.Sheets[:last:last], 2, d.Sheets[last])
	path, result := build(t, d, &testSource{calls: testMonth()}, request(t, "yesterday"))
	if got, want := strings.Join(result.Sheets, "|"), "Summary|Groups|Calls|Calls 2|Calls 3|Calls 4|"; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "|Notes") ||
		strings.Contains(got, "Late changes") {
		t.Errorf("got sheets %s", got)
	}
	f := open(t, path)
	areas := 0
	for _, name := range f.GetDefinedName() {
		if name.Scope == "Workbook" {
			continue
		}
		areas++
		if !strings.HasPrefix(name.RefersTo, "'"+name.Scope+"'!") {
			t.Errorf("%s of sheet %s is %s", name.Name, name.Scope, name.RefersTo)
		}
	}
	if areas < len(result.Sheets) {
		t.Errorf("%d names of %d sheets", areas, len(result.Sheets))
	}
}

func TestRowsContinueInFurtherSheets(t *testing.T) {
	d := readTemplate(t, "daily")
	d.limits = limits{rows: 10, links: 5} // one of them to the first sheet
	src := &testSource{calls: testMonth()}
	path, result := build(t, d, src, request(t, "yesterday"))
	f := open(t, path)
	want := []string{"Calls", "Calls 2", "Calls 3", "Calls 4"}
	if got := result.Sheets[len(result.Sheets)-4:]; strings.Join(got, "|") != strings.Join(want, "|") {
		t.Fatalf("got sheets %v", got)
	}
	in, n := src.callsBetween("2026-10-04", "2026-10-04", nil), 0
	for _, sheet := range want {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[headerRow:] {
			if sid := row[len(row)-1]; sid != in[n].sid {
				t.Errorf("%s: got call %s, want %s", sheet, sid, in[n].sid)
			}
			n++
		}
		tables, err := f.GetTables(sheet)
		if err != nil || len(tables) != 1 {
			t.Errorf("%s: tables %v, %v", sheet, tables, err)
		}
		links, err := f.GetHyperLinkCells(sheet, "External")
		if err != nil || len(links) > 4 || sheet == "Calls" && len(links) != 4 {
			t.Errorf("%s has links in %v, %v", sheet, links, err)
		}
		for _, at := range links {
			if _, target, _ := f.GetCellHyperLink(sheet, at); target != raw(t, f, sheet, at) || target == "" {
				t.Errorf("%s!%s shows %q and links to %q", sheet, at, raw(t, f, sheet, at), target)
			}
		}
	}
	if n != len(in) {
		t.Errorf("%d rows on the sheets, want %d", n, len(in))
	}
	notes := parts(t, path)["xl/sharedStrings.xml"]
	for _, want := range []string{"Calls continues in Calls 2", "room for 5 links"} {
		if !strings.Contains(notes, want) {
			t.Errorf("Notes do not contain %q", want)
		}
	}
}

func TestHostileTextIsHarmless(t *testing.T) {
	long := strings.Repeat("é", 40_000)
	src := &testSource{calls: testMonth(), extraCall: map[string]any{
		"agent": "=cmd|' /C calc'!A0", "status": "a\x00b\x1fc\nd\u0085\ufffe", "customer_number": "+919811100001",
		"campaign_id": long, "source": "</t>&_x0041_ 😀 \u202eעברית", "virtual_number": "\xff\xfe",
	}}
	for i := range src.calls {
		if src.calls[i].group == "Sales" && src.calls[i].at.Month() == time.October { // long names of a whole month are slow
			src.calls[i].group = "=1+1 a/b:c*?[] " + long
		}
	}
	path, _ := build(t, readTemplate(t, "daily"), src, request(t, "yesterday"))
	f := open(t, path)
	rows, err := f.GetRows("Calls")
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for i, label := range rows[headerRow-1] {
		text[label] = rows[headerRow][i]
	}
	for label, want := range map[string]string{
		"Agent": "=cmd|' /C calc'!A0", "Status": "abc d", "Customer": "+919811100001",
		"Source": "</t>&_x0041_ 😀 \u202eעברית", "Virtual number": "�",
	} {
		if text[label] != want {
			t.Errorf("%s: got %q, want %q", label, text[label], want)
		}
	}
	cut := text["Campaign"]
	if xlsx.TextLen(cut) != excelize.TotalCellChars || !strings.HasSuffix(cut, xlsx.TruncationMark) {
		t.Errorf("the long text has %d units and ends in %q", xlsx.TextLen(cut), cut[len(cut)-20:])
	}
	if !strings.Contains(parts(t, path)["xl/sharedStrings.xml"], "were cut in") {
		t.Errorf("Notes do not mention the truncation")
	}
}

var manyNames = flag.Int("names", 600, "how many agents the workbook of many names has")

func TestManyUnusualNamesAreKept(t *testing.T) {
	skipIfShort(t)
	odd := []string{"History", "a/b:c*?[]", "'quoted'", "=1+1", "😀", "مبيعات", "Sum of", "TRUE", "1e5", "#REF!", "बिक्री"}
	src := &testSource{}
	rng := func(n int) int { return len(src.calls) % n }
	for i := range *manyNames {
		c := newTestCall(time.Date(2026, 10, 4, 8, 0, 0, 0, india).Add(time.Duration(7*i)*time.Second), i, rng)
		c.agent, c.answered, c.outcome = fmt.Sprintf("Agent %d", i), true, "answered"
		if c.group = fmt.Sprintf("Group %d", i%300); i%300 < len(odd) {
			c.group = odd[i%300]
		}
		if i < len(odd) {
			c.agent = odd[i]
		}
		src.calls = append(src.calls, c)
	}
	for template, sheets := range map[string]map[string]int{
		"daily":  {"Groups": 300, "Agents": *manyNames, "Calls": *manyNames},
		"agents": {"Agents": *manyNames},
	} {
		path, _ := build(t, readTemplate(t, template), src, request(t, "yesterday"))
		f := open(t, path)
		for sheet, want := range sheets {
			tables, err := f.GetTables(sheet)
			if err != nil {
				t.Fatal(err)
			}
			_, to, _ := strings.Cut(tables[0].Range, ":")
			if _, last, err := excelize.CellNameToCoordinates(to); err != nil || last-headerRow != want {
				t.Errorf("%s, %s: the table is %s, want %d rows", template, sheet, tables[0].Range, want)
			}
			rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range odd {
				if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Contains(row, name) }) {
					t.Errorf("%s, %s: %q is missing", template, sheet, name)
				}
			}
		}
	}
}

func TestFiltersAreAppliedAndShown(t *testing.T) {
	src := &testSource{calls: testMonth()}
	req := request(t, "yesterday")
	req.Filters = map[string]string{"group": "Support"}
	path, result := build(t, readTemplate(t, "daily"), src, req)
	if want := int64(len(src.callsBetween("2026-10-04", "2026-10-04", "Support"))); result.Rows != want || want == 0 {
		t.Errorf("got %d rows, want %d", result.Rows, want)
	}
	if got := shown(t, open(t, path), "Summary", "B3"); !strings.Contains(got, "only group Support") {
		t.Errorf("the summary shows %q", got)
	}
}
