package report

import (
	"slices"

	"callsheet/report/xlsx"
)

// maxRowLinks is how many rows of a sheet lead to rows of another. Longer lists are searched, and many links make a workbook slow.
const maxRowLinks = 200

// A rowLinks finds, by the name in a row, the first row of that name on another sheet.
type rowLinks struct {
	sheet string
	rows  map[string]int
}

// linksToTable returns the links from names to their rows on a table sheet without sections that satisfies a condition. There are none without
// such a sheet.
func (b *book) linksToTable(column string, suits func(Sheet) bool) (links rowLinks, err error) {
	i := slices.IndexFunc(b.def.Sheets, func(s Sheet) bool {
		return s.Kind == "table" && s.Sections == nil && len(s.Filters) == 0 && s.Columns[0] == column && suits(s)
	})
	if i < 0 {
		return links, nil
	}
	s := b.def.Sheets[i]
	result, err := b.sheetRows(s, b.req.Period)
	if err != nil {
		return links, err
	}
	result, _ = b.applyLimit(s, result)
	links = rowLinks{s.Name, map[string]int{}}
	for i := range result.rows {
		key := cellKey(result.row(i).get(column))
		if _, seen := links.rows[key]; !seen {
			links.rows[key] = headerRow + 1 + i
		}
	}
	return links, nil
}

// linkRows makes the names in a column of cells with a style, from a row on, links to their rows.
func (p *page) linkRows(links rowLinks, names []any, column, from int, style xlsx.CellStyle) {
	if len(names) > maxRowLinks {
		return
	}
	style.TextColour, style.Underline = p.theme.Blue, true
	for i, name := range names {
		row, ok := links.rows[cellKey(name)]
		if !ok {
			continue
		}
		p.SetStyle(column, from+i, column, from+i, style)
		p.LinkToRow(column, from+i, links.sheet, row)
	}
}

// linkToDetails makes the names in the first column of a table links to the first of their rows on a sheet that divides these further.
func (p *page) linkToDetails(s Sheet, result *resultSet, t tableLayout) error {
	first := t.columns[0].name
	if !slices.Contains(nameColumns, first) || slices.Contains(nameColumns, t.columns[min(1, len(t.columns)-1)].name) {
		return nil
	}
	links, err := p.linksToTable(first, func(other Sheet) bool {
		return other.Query != s.Query && len(other.Columns) > 1 && slices.Contains(nameColumns, other.Columns[1])
	})
	if err != nil {
		return err
	}
	p.linkRows(links, result.column(first), 1, t.header+1, p.bodyStyle("left", numberFormats["text"]))
	return nil
}
