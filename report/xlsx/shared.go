package xlsx

import (
	"encoding/xml"
	"strings"
)

// maxSharedStrings is how many different texts of streamed rows a workbook shares. Previews on phones show the texts that cells share, and
// leave others blank. Shared texts stay in memory until the end, so those beyond the limit are written into their cells.
const maxSharedStrings = 50_000

// sharedString returns the index of a text in the table of shared texts; ok is false if the table is full. The text is clean.
func (w *Workbook) sharedString(text string) (index int, ok bool) {
	table := w.file.SharedStrings
	if index, ok = w.shared[text]; ok {
		table.Count++
		return index, true
	}
	if len(w.shared) >= w.maxShared || table == nil { // without a table, nothing else of the workbook is text
		return 0, false
	}
	// excelize adds to this table as well, and finds its own texts only: a text that both write is in it twice.
	table.SI = append(table.SI, empty(table.SI))
	item := &table.SI[len(table.SI)-1]
	allocate(&item.T)
	item.T.Val = escapeSequences(text)
	if strings.TrimSpace(text) != text {
		item.T.Space = xml.Attr{Name: xml.Name{Space: "http://www.w3.org/XML/1998/namespace", Local: "space"}, Value: "preserve"}
	}
	table.Count++
	table.UniqueCount++
	index = len(table.SI) - 1
	w.shared[text] = index
	return index, true
}

// empty returns an element for a slice, and allocate sets a pointer to a new value: excelize's types have no names for other packages.
func empty[T any]([]T) (element T) { return element }
func allocate[T any](pointer **T)  { *pointer = new(T) }
