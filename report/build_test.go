package report

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"callsheet/internal/period"
)

func readTemplate(t *testing.T, name string) *Definition {
	t.Helper()
	text, err := os.ReadFile("../templates/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	d, err := Parse(name, text, "")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func request(t *testing.T, name string) Request {
	t.Helper()
	p, err := period.Parse(name, time.Date(2026, 10, 5, 8, 0, 0, 0, india))
	if err != nil {
		t.Fatal(err)
	}
	return Request{Period: p, Zone: india, Version: "0.1"}
}

func build(t *testing.T, d *Definition, src Source, req Request) (string, Result) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.xlsx")
	if keep := os.Getenv("CALLSHEET_KEEP"); keep != "" { // a folder that keeps the workbooks for a look
		path = filepath.Join(keep, t.Name()+"-"+req.Period.String()+".xlsx")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	result, err := d.Build(context.Background(), src, req, path)
	if err != nil {
		t.Fatal(err)
	}
	lintWorkbook(t, path)
	return path, result
}

func open(t *testing.T, path string) *excelize.File {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestEveryTemplateBuildsTheSameBytesTwice(t *testing.T) {
	skipIfShort(t)
	for name, when := range map[string]string{
		"daily": "yesterday", "weekly": "last-week", "monthly": "2026-09", "agents": "last-week", "coins": "2026-09", "missed": "yesterday",
	} {
		t.Run(name, func(t *testing.T) {
			src := &testSource{calls: testMonth(), queried: map[string]int{}}
			d := readTemplate(t, name)
			one, first := build(t, d, src, request(t, when))
			queried := map[string]bool{}
			for query, times := range src.queried {
				if times > 1 {
					t.Errorf("%s ran %d times", query, times)
				}
				name, _, _ := strings.Cut(query, " ")
				queried[name] = true
			}
			again := filepath.Join(t.TempDir(), "again.xlsx")
			second, err := d.Build(context.Background(), src, request(t, when), again)
			if err != nil {
				t.Fatal(err)
			}
			if first.SHA256 != second.SHA256 || !bytes.Equal(read(t, one), read(t, again)) {
				t.Errorf("two builds differ")
			}
			if int64(len(read(t, one))) != first.Bytes {
				t.Errorf("the file has %d bytes, and the result has %d", len(read(t, one)), first.Bytes)
			}
			for _, query := range d.Queries() {
				if !queried[query] && query != "restated" { // nothing was
					t.Errorf("Queries lists %s, which did not run", query)
				}
				delete(queried, query)
			}
			for query := range queried {
				t.Errorf("%s ran, and Queries does not list it", query)
			}
		})
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
