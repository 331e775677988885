package shell

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"

	"callsheet/internal/display"
)

func TestTablesEscapeControlCharacters(t *testing.T) {
	hostile := "a\x1b[2J\x1b]0;title\x07b\u009b31m\n\t\r\x00\x7f\u202e\u2066\u200b\ufeff\u2028|`<b>\xffक्\u200dष"
	for format, want := range map[string]string{
		"table":    `a\x1b[2J\x1b]0;title\x07b\u009b31m\n\t\r\x00\x7f\u202e\u2066\u200b\ufeff\u2028|` + "`" + `<b>\xffक्` + "\u200d" + `ष`,
		"markdown": `a\x1b[2J\x1b]0;title\x07b\u009b31m\n\t\r\x00\x7f\u202e\u2066\u200b\ufeff\u2028\|` + "\\`" + `\<b>\xffक्` + "\u200d" + `ष`,
		"csv":      hostile,
	} {
		var out bytes.Buffer
		w, err := NewWriter(&out, &out, format)
		if err != nil {
			t.Fatal(err)
		}
		for _, err := range []error{w.Header([]string{"n", "head\x1b"}), w.Row([]any{int64(1), hostile}), w.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s: got %q, want in it %q", format, out.String(), want)
		}
		if lines := strings.ReplaceAll(out.String(), "\n", "\\n"); format != "csv" && display.Escape(lines) != lines {
			t.Errorf("%s: got %q", format, out.String())
		}
	}
}

// TestJSONIsValidWhateverTheNumber: JSON has no NaN and no infinity, also in lists.
func TestJSONIsValidWhateverTheNumber(t *testing.T) {
	for _, format := range []string{"json", "ndjson"} {
		var out bytes.Buffer
		w, err := NewWriter(&out, &out, format)
		if err != nil {
			t.Fatal(err)
		}
		row := []any{math.NaN(), math.Inf(1), []any{math.Inf(-1), 1.5}, 0.25}
		for _, err := range []error{w.Header([]string{"a", "b", "c", "d"}), w.Row(row), w.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if want := `{"a":null,"b":null,"c":[null,1.5],"d":0.25}`; !strings.Contains(out.String(), want) {
			t.Errorf("%s: got %s", format, out.String())
		}
	}
}

// TestRowsOfOneEmptyCellAreInCSV: readers skip an empty line, and with it the row.
func TestRowsOfOneEmptyCellAreInCSV(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, &out, "csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{w.Header([]string{"agent"}), w.Row([]any{"Asha"}), w.Row([]any{nil}), w.Row([]any{""}), w.Row([]any{"Bela"}), w.Close()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if want := "agent\nAsha\n\"\"\n\"\"\nBela\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// TestCSVForExcelIsGuarded: a text that begins as a formula has a ' before it, and a number stays one.
func TestCSVForExcelIsGuarded(t *testing.T) {
	row := []any{int64(-5), -0.5, "=1+1", "+919812345678", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "-7", "－1", "a=b", " =1", nil, "-", `=HYPERLINK("x")`, "शून्य"}
	for mode, want := range map[string]string{
		"excel": "\ufeff'=h,HEAD\n-5,-0.5,'=1+1,'+919812345678,'-1+2,'@SUM(A1),'\t=1,\"'\r=1\",-7,'－1,a=b,\" =1\",,'-,\"'=HYPERLINK(\"\"x\"\")\",शून्य\n",
		"plain": "=h,HEAD\n-5,-0.5,=1+1,+919812345678,-1+2,@SUM(A1),\"\t=1\",\"\r=1\",-7,－1,a=b,\" =1\",,-,\"=HYPERLINK(\"\"x\"\")\",शून्य\n",
	} {
		var out bytes.Buffer
		w, err := NewWriter(&out, &out, "")
		if err != nil {
			t.Fatal(err)
		}
		header := []string{"=h"}
		for i := range row[1:] {
			header = append(header, fmt.Sprintf("c%d", i))
		}
		if err := w.SetCSV(mode, ""); err != nil {
			t.Fatal(err)
		}
		want = strings.Replace(want, "HEAD", strings.Join(header[1:], ","), 1)
		for _, err := range []error{w.Header(header), w.Row(row), w.Close()} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if out.String() != want {
			t.Errorf("%s: got\n%q\nwant\n%q", mode, out.String(), want)
		}
	}
}
