package report

import "callsheet/report/xlsx"

// streamedRows is the number of rows from which on a table's cells are written as streamed rows, which is much faster, unless they are drawn:
// charts cache the cells, and sparklines and goals lie beside them. A table with links to rows is shorter (see maxRowLinks).
const streamedRows = 1000

// draws reports whether a sheet draws the cells of its table, in charts or sparklines.
func (s Sheet) draws() bool { return s.Kind == "ranked" || len(s.Charts) > 0 || s.Spark != nil }

// A tableBody takes the cells of a table's rows column by column: a table is laid out by column. Columns and rows count from 0.
type tableBody struct {
	page    *page
	table   *tableLayout
	columns []bodyColumn // of streamed rows
	stream  bool
	count   int // of columns
}

// A bodyColumn is the cells of a column of streamed rows.
type bodyColumn struct {
	style  xlsx.CellStyle
	values []any
	styles map[int]xlsx.CellStyle // by row, of the cells that have another than the column's
}

func newTableBody(p *page, t *tableLayout, stream bool) *tableBody {
	return &tableBody{page: p, table: t, stream: stream}
}

// addColumn begins the next column. Its cells are empty.
func (b *tableBody) addColumn(style xlsx.CellStyle) {
	b.count++
	if !b.stream {
		b.page.SetStyle(b.count, b.table.header+1, b.count, b.table.last, style)
		return
	}
	b.columns = append(b.columns, bodyColumn{
		style: style, values: make([]any, b.table.last-b.table.header), styles: map[int]xlsx.CellStyle{},
	})
}

func (b *tableBody) set(column, row int, v any) {
	if !b.stream {
		b.page.Set(column+1, b.table.header+1+row, v)
		return
	}
	b.columns[column].values[row] = v
}

func (b *tableBody) setStyle(column, row int, style xlsx.CellStyle) {
	if !b.stream {
		at := b.table.header + 1 + row
		b.page.SetStyle(column+1, at, column+1, at, style)
		return
	}
	b.columns[column].styles[row] = style
}

// close writes the streamed rows.
func (b *tableBody) close() error {
	if !b.stream {
		return nil
	}
	var styles []xlsx.CellStyle
	for _, c := range b.columns {
		styles = append(styles, c.style)
	}
	rows := b.page.StreamRows(styles)
	for row := range b.table.last - b.table.header {
		rows.BeginRow(b.table.header + 1 + row)
		for _, c := range b.columns {
			if style, ok := c.styles[row]; ok {
				rows.AddStyledCell(c.values[row], style)
			} else {
				rows.AddCell(c.values[row])
			}
		}
		rows.EndRow()
	}
	return rows.Insert()
}
