package notify

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
)

// textWidth is the width of the text of a mail, in columns.
const textWidth = 76

// minFlexible is the least width of the column that wraps.
const minFlexible = 12

// alignColumns returns rows in aligned columns, those of right flush right. Where they do not fit, the cells of one column wrap.
func alignColumns(rows [][]string, right func(column int) bool, flexible int) string {
	if len(rows) == 0 {
		return ""
	}
	widths := make([]int, len(rows[0]))
	total := 2 * (len(widths) - 1)
	for i := range widths {
		for _, cells := range rows {
			widths[i] = max(widths[i], uniseg.StringWidth(cells[i]))
		}
		total += widths[i]
	}
	widths[flexible] = max(widths[flexible]-max(total-textWidth, 0), min(widths[flexible], minFlexible))
	var b strings.Builder
	for _, cells := range rows {
		wrapped := make([][]string, len(cells))
		height := 1
		for i, cell := range cells {
			wrapped[i] = wrapLines(cell, widths[i])
			height = max(height, len(wrapped[i]))
		}
		for line := range height {
			var text strings.Builder
			for i := range cells {
				cell := ""
				if line < len(wrapped[i]) {
					cell = wrapped[i][line]
				}
				padding := strings.Repeat(" ", max(widths[i]-uniseg.StringWidth(cell), 0))
				if right(i) {
					cell, padding = padding+cell, ""
				}
				text.WriteString(cell + padding + "  ")
			}
			b.WriteString(strings.TrimRight(text.String(), " ") + "\n")
		}
	}
	return b.String()
}

// wrapText wraps a paragraph. The first line begins with first, the others are indented as far.
func wrapText(first, text string) string {
	indent := strings.Repeat(" ", uniseg.StringWidth(first))
	return first + strings.Join(wrapLines(text, textWidth-len(indent)), "\n"+indent)
}

// wrapLines wraps a text into lines of a width. A word that is wider is split, except a URL.
func wrapLines(text string, width int) (lines []string) {
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && uniseg.StringWidth(line)+1+uniseg.StringWidth(word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		pieces := splitWord(word, width)
		lines, line = append(lines, pieces[:len(pieces)-1]...), pieces[len(pieces)-1]
	}
	return append(lines, line)
}

func splitWord(word string, width int) (pieces []string) {
	if uniseg.StringWidth(word) <= width || strings.Contains(word, "://") {
		return []string{word}
	}
	piece := ""
	for graphemes := uniseg.NewGraphemes(word); graphemes.Next(); {
		next := graphemes.Str()
		if piece != "" && uniseg.StringWidth(piece+next) > width {
			pieces, piece = append(pieces, piece), ""
		}
		piece += next
	}
	return append(pieces, piece)
}

// textTable returns a table of figures as text.
func textTable(t Table) string {
	rows := slices.Concat([][]string{t.Columns}, t.Rows, [][]string{t.Total})
	for i := range rows {
		rows[i] = slices.Clone(rows[i])
		for j, cell := range rows[i] {
			rows[i][j] = cmp.Or(cell, "–")
		}
	}
	return alignColumns(rows, func(column int) bool { return column > 0 }, 0)
}

// textFigures returns figures as text: label, value and change.
func textFigures(figures []Figure) string {
	var rows [][]string
	for _, f := range figures {
		rows = append(rows, []string{f.Label + ":", f.Value, f.Change})
	}
	return alignColumns(rows, func(column int) bool { return column == 1 }, 2)
}
