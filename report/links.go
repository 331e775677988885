package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// longestLink is the longest address Excel follows.
const maxLinkAddress = 2079

// linksHere stands on a streamed sheet for its links. excelize looks through all links of a sheet at each new
// one, which takes a minute for as many as Excel allows; so it is given one, which is swapped for all.
const linkPlaceholder = "callsheet.links"

// links are the hyperlinks of one sheet, as its XML and as that of its relationships.
type links struct {
	n                int
	cells, relations bytes.Buffer
}

func (l *links) add(ref, address string) {
	l.n++
	fmt.Fprintf(&l.cells, `<hyperlink ref="%s" r:id="link%d"></hyperlink>`, ref, l.n)
	fmt.Fprintf(&l.relations, `<Relationship Id="link%d" Type="%s" Target="`, l.n, excelize.SourceRelationshipHyperLink)
	xml.EscapeText(&l.relations, []byte(address)) // a buffer takes everything
	l.relations.WriteString(`" TargetMode="External"></Relationship>`)
}

// follow makes an address a link while Excel has room for links; after that it is plain text.
func (d *detail) addLink(address string, column, row int) {
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") || len(address) > maxLinkAddress {
		return
	}
	if d.links.n == d.limits.links {
		d.addRemark(fmt.Sprintf("Excel has room for %s links a sheet; later addresses on %s are plain text.",
			d.locale.Number(float64(d.limits.links), 0), d.name))
		return
	}
	d.links.add(cell(column, row), address)
}

// writeLinks has the sheet's links put into the file. It comes after its table, whose relationship makes sure that there is a part
// for relationships.
func (d *detail) writeLinks() error {
	if d.links.n == 0 {
		return nil
	}
	part := d.page(d.name).part()
	standing := fmt.Sprintf(`<hyperlinks><hyperlink ref="A1" location="%s"></hyperlink></hyperlinks>`, linkPlaceholder)
	d.patch(part, standing, "<hyperlinks>"+d.links.cells.String()+"</hyperlinks>")
	d.patch("xl/worksheets/_rels/"+strings.TrimPrefix(part, "xl/worksheets/")+".rels",
		"</Relationships>", d.links.relations.String()+"</Relationships>")
	return d.file.SetCellHyperLink(d.name, "A1", linkPlaceholder, "Location")
}

func (b *book) patch(part, before, after string) {
	b.patches[part] = append(b.patches[part], patch{old: []byte(before), new: []byte(after)})
}
