package notify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// maxNameWidth is the width of the names in a text table. With four figures beside it, the table fits 78 columns.
const maxNameWidth = 30

// textTable returns a table of figures as text, with columns that are aligned in a font of fixed width. Long names wrap.
func textTable(t Table) string {
	rows := slices.Concat([][]string{t.Columns}, t.Rows, [][]string{t.Total})
	var lines [][]string
	for _, cells := range rows {
		name := wrapName(cells[0], maxNameWidth)
		line := []string{name[0]}
		for _, cell := range cells[1:] {
			line = append(line, cmp.Or(cell, "–"))
		}
		lines = append(lines, line)
		for _, rest := range name[1:] {
			lines = append(lines, append([]string{rest}, make([]string, len(cells)-1)...))
		}
	}
	return alignColumns(lines, func(column int) bool { return column > 0 })
}

// textFigures returns figures as text: label, value and change. Sentences are not wrapped: the reader's window does that, and would
// break the lines a second time on a phone.
func textFigures(figures []Figure) string {
	var lines [][]string
	for _, f := range figures {
		lines = append(lines, []string{f.Label + ":", f.Value, f.Change})
	}
	return alignColumns(lines, func(column int) bool { return column == 1 })
}

// alignColumns returns lines with aligned columns, of which some are flush right.
func alignColumns(lines [][]string, right func(column int) bool) string {
	var widths []int
	for _, cells := range lines {
		for i, cell := range cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], uniseg.StringWidth(cell))
		}
	}
	var b strings.Builder
	for _, cells := range lines {
		var line strings.Builder
		for i, cell := range cells {
			padding := strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell))
			if right(i) {
				cell, padding = padding+cell, ""
			}
			line.WriteString(cell + padding + "  ")
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// wrapName wraps a name into lines of a width. A word that is wider is split.
func wrapName(name string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(name) {
		if line != "" && uniseg.StringWidth(line)+1+uniseg.StringWidth(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		for graphemes := uniseg.NewGraphemes(word); graphemes.Next(); {
			if uniseg.StringWidth(line+graphemes.Str()) > width {
				lines, line = append(lines, line), ""
			}
			line += graphemes.Str()
		}
	}
	return append(lines, line)
}
