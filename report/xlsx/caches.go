package xlsx

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"callsheet/internal/lazyregexp"
)

var (
	stringRef = lazyregexp.New(`<strRef><f>([^<]*)</f></strRef>`)
	numberRef = lazyregexp.New(`<numRef><f>([^<]*)</f><numCache><formatCode></formatCode></numCache></numRef>`)
	// emptyTextProperties are empty text properties that excelize adds to a title that has its own. LibreOffice uses the empty ones, and
	// shows the title of a vertical axis horizontally.
	emptyTextProperties = []byte(`<txPr><a:bodyPr anchorCtr="false" rot="0" spcFirstLastPara="false"></a:bodyPr><a:p></a:p></txPr></title>`)
)

// cacheCharts writes the values that each chart draws into the chart itself. excelize writes only references, and a preview that
// does not calculate would show empty axes.
func (w *Workbook) cacheCharts() error {
	for _, name := range w.chartParts() {
		if slices.Contains(w.baseCharts, name) {
			continue
		}
		part, _ := w.file.Pkg.Load(name)
		text, _ := part.([]byte)
		var err error
		fill := func(pattern *regexp.Regexp, cache func(ref string) (string, error)) {
			text = pattern.ReplaceAllFunc(text, func(match []byte) []byte {
				cached, cacheErr := cache(string(pattern.FindSubmatch(match)[1]))
				if cacheErr != nil {
					err = fmt.Errorf("%s: %w", name, cacheErr)
					return match
				}
				return []byte(cached)
			})
		}
		fill(stringRef(), w.stringCache)
		fill(numberRef(), w.numberCache)
		if err != nil {
			return err
		}
		w.file.Pkg.Store(name, bytes.ReplaceAll(text, emptyTextProperties, []byte("</title>")))
	}
	return nil
}

// chartParts returns the names of the parts that are charts.
func (w *Workbook) chartParts() (names []string) {
	w.file.Pkg.Range(func(name, _ any) bool {
		if strings.HasPrefix(name.(string), "xl/charts/chart") {
			names = append(names, name.(string))
		}
		return true
	})
	return names
}

func (w *Workbook) stringCache(ref string) (string, error) {
	points, err := w.cachedPoints(ref, false)
	return "<strRef><f>" + ref + "</f><strCache>" + points + "</strCache></strRef>", err
}

func (w *Workbook) numberCache(ref string) (string, error) {
	points, err := w.cachedPoints(ref, true)
	return "<numRef><f>" + ref + "</f><numCache><formatCode>General</formatCode>" + points + "</numCache></numRef>", err
}

// cachedPoints returns the cells of a reference to one column as a chart caches them. Empty cells have no point.
func (w *Workbook) cachedPoints(ref string, raw bool) (string, error) {
	sheet, column, from, to, err := parseReference(ref)
	if err != nil {
		return "", err
	}
	var points strings.Builder
	fmt.Fprintf(&points, `<ptCount val="%d"></ptCount>`, to-from+1)
	for row := from; row <= to; row++ {
		v, err := w.file.GetCellValue(sheet, Cell(column, row), excelize.Options{RawCellValue: raw})
		if err != nil {
			return "", err
		}
		if v == "" {
			continue
		}
		fmt.Fprintf(&points, `<pt idx="%d"><v>`, row-from)
		if err := xml.EscapeText(&points, []byte(escapeSequences(v))); err != nil {
			return "", err
		}
		points.WriteString("</v></pt>")
	}
	return points.String(), nil
}

// parseReference parses 'Sheet'!$B$5:$B$9 or 'Sheet'!$B$4, escaped as in XML.
func parseReference(ref string) (sheet string, column, from, to int, err error) {
	var element struct {
		Text string `xml:",chardata"`
	}
	if err = xml.Unmarshal([]byte("<f>"+ref+"</f>"), &element); err != nil {
		return
	}
	separator := strings.LastIndex(element.Text, "!")
	if separator < 2 {
		return "", 0, 0, 0, fmt.Errorf("%q is not a reference", ref)
	}
	sheet = strings.ReplaceAll(element.Text[1:separator-1], "''", "'")
	first, last, isRange := strings.Cut(strings.ReplaceAll(element.Text[separator+1:], "$", ""), ":")
	if !isRange {
		last = first
	}
	if column, from, err = excelize.CellNameToCoordinates(first); err != nil {
		return
	}
	_, to, err = excelize.CellNameToCoordinates(last)
	return
}
