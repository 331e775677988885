package main

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// writeTable writes aligned columns. On a terminal it writes as many as fit and names the others.
func writeTable(o *output) error {
	escapeCells(o, escaped)
	widths := make([]int, len(o.columns))
	for i, column := range o.columns {
		widths[i] = uniseg.StringWidth(column)
		for _, cells := range o.rows {
			widths[i] = max(widths[i], uniseg.StringWidth(cells[i]))
		}
	}
	shown := len(o.columns)
	if room := terminalWidth(o); room > 0 {
		used := 0
		for i, width := range widths {
			if used += width + 2; used-2 > room && i > 0 {
				shown = i
				break
			}
		}
	}
	w := bufio.NewWriter(o.w)
	writeAligned(w, o, o.columns[:shown], widths)
	rules := make([]string, shown)
	for i := range rules {
		rules[i] = strings.Repeat("─", widths[i])
	}
	writeAligned(w, o, rules, widths)
	for _, cells := range o.rows {
		writeAligned(w, o, cells[:shown], widths)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if shown < len(o.columns) {
		fmt.Fprintf(o.notes, "\nmore columns: %s\nhint: choose with --columns, or use --format csv\n", strings.Join(o.columns[shown:], ", "))
	}
	if len(o.rows) == 0 {
		fmt.Fprintln(o.notes, "no rows")
	}
	return nil
}

func writeAligned(w *bufio.Writer, o *output, cells []string, widths []int) {
	for i, cell := range cells {
		padding := strings.Repeat(" ", widths[i]-uniseg.StringWidth(cell))
		switch {
		case o.numeric[i]:
			w.WriteString(padding + cell)
		case i == len(cells)-1:
			w.WriteString(cell)
		default:
			w.WriteString(cell + padding)
		}
		if i < len(cells)-1 {
			w.WriteString("  ")
		}
	}
	w.WriteByte('\n')
}

func terminalWidth(o *output) int {
	if o.width > 0 {
		return o.width
	}
	file, ok := o.w.(*os.File)
	if !ok || len(o.only) > 0 {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// escapeCells makes the heads and cells fit to be shown; csv and json have them as they are.
func escapeCells(o *output, escape func(string) string) {
	o.columns = slices.Clone(o.columns)
	for _, cells := range append([][]string{o.columns}, o.rows...) {
		for i := range cells {
			cells[i] = escape(cells[i])
		}
	}
}

// markdown is what would end a cell, begin code or be HTML in it.
var markdown = strings.NewReplacer("|", `\|`, "`", "\\`", "<", `\<`)

func writeMarkdown(o *output) error {
	escapeCells(o, func(cell string) string { return markdown.Replace(escaped(cell)) })
	w := bufio.NewWriter(o.w)
	line := func(cells []string) {
		for _, cell := range cells {
			w.WriteString("| " + cell + " ")
		}
		w.WriteString("|\n")
	}
	line(o.columns)
	for i := range o.columns {
		if o.numeric[i] {
			w.WriteString("|---:")
		} else {
			w.WriteString("|---")
		}
	}
	w.WriteString("|\n")
	for _, cells := range o.rows {
		line(cells)
	}
	return w.Flush()
}
