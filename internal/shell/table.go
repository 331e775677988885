package shell

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
	"golang.org/x/term"

	"callsheet/internal/display"
)

// table writes aligned columns. On a terminal it writes as many as fit and names the others.
func (w *Writer) table() error {
	w.escapeCells(display.Escape)
	widths := make([]int, len(w.header))
	for i, column := range w.header {
		widths[i] = uniseg.StringWidth(column)
		for _, cells := range w.rows {
			widths[i] = max(widths[i], uniseg.StringWidth(cells[i]))
		}
	}
	shown := len(w.header)
	if room := w.terminalWidth(); room > 0 {
		used := 0
		for i, width := range widths {
			if used += width + 2; used-2 > room && i > 0 {
				shown = i
				break
			}
		}
	}
	buffer := bufio.NewWriter(w.w)
	w.writeAligned(buffer, w.header[:shown], widths)
	rules := make([]string, shown)
	for i := range rules {
		rules[i] = strings.Repeat("─", widths[i])
	}
	w.writeAligned(buffer, rules, widths)
	for _, cells := range w.rows {
		w.writeAligned(buffer, cells[:shown], widths)
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	if shown < len(w.header) {
		fmt.Fprintf(w.notes, "\nmore columns: %s\nhint: choose with --columns, or use --format csv\n", strings.Join(w.header[shown:], ", "))
	}
	if len(w.rows) == 0 {
		fmt.Fprintln(w.notes, "no rows")
	}
	return nil
}

func (w *Writer) writeAligned(buffer *bufio.Writer, cells []string, widths []int) {
	for i, cell := range cells {
		padding := strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell))
		switch {
		case w.numeric[i]:
			buffer.WriteString(padding + cell)
		case i == len(cells)-1:
			buffer.WriteString(cell)
		default:
			buffer.WriteString(cell + padding)
		}
		if i < len(cells)-1 {
			buffer.WriteString("  ")
		}
	}
	buffer.WriteByte('\n')
}

func (w *Writer) terminalWidth() int {
	if w.Width > 0 {
		return w.Width
	}
	file, ok := w.w.(interface{ Fd() uintptr })
	if !ok || len(w.Columns) > 0 {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// escapeCells escapes the header and the cells; csv and json keep them unchanged.
func (w *Writer) escapeCells(escape func(string) string) {
	w.header = slices.Clone(w.header)
	for _, cells := range append([][]string{w.header}, w.rows...) {
		for i := range cells {
			cells[i] = escape(cells[i])
		}
	}
}

// escapeMarkdown escapes what would end a cell, begin code or be HTML.
var escapeMarkdown = strings.NewReplacer("|", `\|`, "`", "\\`", "<", `\<`)

func (w *Writer) markdown() error {
	w.escapeCells(func(cell string) string { return escapeMarkdown.Replace(display.Escape(cell)) })
	buffer := bufio.NewWriter(w.w)
	line := func(cells []string) {
		for _, cell := range cells {
			buffer.WriteString("| " + cell + " ")
		}
		buffer.WriteString("|\n")
	}
	line(w.header)
	for i := range w.header {
		if w.numeric[i] {
			buffer.WriteString("|---:")
		} else {
			buffer.WriteString("|---")
		}
	}
	buffer.WriteString("|\n")
	for _, cells := range w.rows {
		line(cells)
	}
	return buffer.Flush()
}
