package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

var (
	stringRef = regexp.MustCompile(`<strRef><f>([^<]*)</f></strRef>`)
	numberRef = regexp.MustCompile(`<numRef><f>([^<]*)</f><numCache><formatCode></formatCode></numCache></numRef>`)
	// emptyText is an empty second description of a title's text that excelize adds; LibreOffice takes
	// it for the title's own and lays an upright axis title flat.
	emptyTextProperties = []byte(`<txPr><a:bodyPr anchorCtr="false" rot="0" spcFirstLastPara="false"></a:bodyPr><a:p></a:p></txPr></title>`)
)

// cacheCharts writes the figures each chart draws into the chart itself. excelize writes references only, and
// a preview that computes nothing would show empty axes.
func (b *book) cacheCharts() error {
	for _, name := range b.chartParts() {
		if slices.Contains(b.baseCharts, name) {
			continue
		}
		part, _ := b.file.Pkg.Load(name)
		var err error
		fill := func(pattern *regexp.Regexp, cache func(ref string) (string, error)) {
			part = pattern.ReplaceAllFunc(part.([]byte), func(match []byte) []byte {
				ref := string(pattern.FindSubmatch(match)[1])
				cached, cacheErr := cache(ref)
				if cacheErr != nil {
					err = fmt.Errorf("%s: %w", name, cacheErr)
					return match
				}
				return []byte(cached)
			})
		}
		fill(stringRef, b.stringCache)
		fill(numberRef, b.numberCache)
		if err != nil {
			return err
		}
		b.file.Pkg.Store(name, bytes.ReplaceAll(part.([]byte), emptyTextProperties, []byte("</title>")))
	}
	return nil
}

// charts are the parts of the file that are charts.
func (b *book) chartParts() (names []string) {
	b.file.Pkg.Range(func(name, _ any) bool {
		if strings.HasPrefix(name.(string), "xl/charts/chart") {
			names = append(names, name.(string))
		}
		return true
	})
	return names
}

func (b *book) stringCache(ref string) (string, error) {
	points, err := b.cachePoints(ref, false)
	return "<strRef><f>" + ref + "</f><strCache>" + points + "</strCache></strRef>", err
}

func (b *book) numberCache(ref string) (string, error) {
	points, err := b.cachePoints(ref, true)
	return "<numRef><f>" + ref + "</f><numCache><formatCode>General</formatCode>" + points + "</numCache></numRef>", err
}

// points are the cells of a reference to one column, as a chart caches them; empty cells have no point.
func (b *book) cachePoints(ref string, raw bool) (string, error) {
	sheet, column, from, to, err := readRef(ref)
	if err != nil {
		return "", err
	}
	var points strings.Builder
	fmt.Fprintf(&points, `<ptCount val="%d"></ptCount>`, to-from+1)
	for row := from; row <= to; row++ {
		v, err := b.file.GetCellValue(sheet, cell(column, row), excelize.Options{RawCellValue: raw})
		if err != nil {
			return "", err
		}
		if v == "" {
			continue
		}
		fmt.Fprintf(&points, `<pt idx="%d"><v>`, row-from)
		if err := xml.EscapeText(&points, []byte(v)); err != nil {
			return "", err
		}
		points.WriteString("</v></pt>")
	}
	return points.String(), nil
}

// readRef reads 'Sheet'!$B$5:$B$9 or 'Sheet'!$B$4, as series writes them and XML escapes them.
func readRef(ref string) (sheet string, column, from, to int, err error) {
	var plain struct {
		Text string `xml:",chardata"`
	}
	if err = xml.Unmarshal([]byte("<f>"+ref+"</f>"), &plain); err != nil {
		return
	}
	cut := strings.LastIndex(plain.Text, "!")
	if cut < 2 {
		return "", 0, 0, 0, fmt.Errorf("%q is not a reference", ref)
	}
	sheet = strings.ReplaceAll(plain.Text[1:cut-1], "''", "'")
	first, last, isSpan := strings.Cut(strings.ReplaceAll(plain.Text[cut+1:], "$", ""), ":")
	if !isSpan {
		last = first
	}
	if column, from, err = excelize.CellNameToCoordinates(first); err != nil {
		return
	}
	_, to, err = excelize.CellNameToCoordinates(last)
	return
}
