package xlsx

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// links are the hyperlinks of a sheet, as markup of the sheet and of its relationships.
type links struct {
	n                int // with an address
	cells, relations bytes.Buffer
}

// linkPlaceholder is the target of the one link that excelize writes into a sheet with streamed rows. A patch replaces it by all
// links: excelize searches all links of a sheet for each new one, which takes a minute for as many as Excel allows.
const linkPlaceholder = "callsheet.links"

// Link makes a cell a hyperlink to an address of at most MaxLinkAddress bytes. A sheet holds MaxLinks.
func (r *Rows) Link(column, row int, address string) {
	l := &r.links
	l.n++
	fmt.Fprintf(&l.cells, `<hyperlink ref="%s" r:id="link%d"></hyperlink>`, Cell(column, row), l.n)
	fmt.Fprintf(&l.relations, `<Relationship Id="link%d" Type="%s" Target="`, l.n, excelize.SourceRelationshipHyperLink)
	xml.EscapeText(&l.relations, []byte(address)) // a bytes.Buffer returns no error
	l.relations.WriteString(`" TargetMode="External"></Relationship>`)
}

// LinkToSheet makes a cell a link to a sheet of the workbook.
func (r *Rows) LinkToSheet(column, row int, sheet string) {
	l := &r.links.cells
	fmt.Fprintf(l, `<hyperlink ref="%s" location="`, Cell(column, row))
	xml.EscapeText(l, []byte(quote(sheet)+"!A1")) // a bytes.Buffer returns no error
	l.WriteString(`"></hyperlink>`)
}

// writeLinks patches the links into the sheet and, those with an address, into its relationships, a part that the sheet's table has
// created.
func (r *Rows) writeLinks(part string) {
	s := r.sheet
	placeholder := fmt.Sprintf(`<hyperlinks><hyperlink ref="A1" location="%s"></hyperlink></hyperlinks>`, linkPlaceholder)
	s.workbook.patch(part, placeholder, "<hyperlinks>"+r.links.cells.String()+"</hyperlinks>")
	if r.links.n > 0 {
		s.workbook.patch("xl/worksheets/_rels/"+strings.TrimPrefix(part, "xl/worksheets/")+".rels",
			"</Relationships>", r.links.relations.String()+"</Relationships>")
	}
	s.Check(s.workbook.file.SetCellHyperLink(s.Name, "A1", linkPlaceholder, "Location"))
}
