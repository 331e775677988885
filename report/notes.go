package report

import (
	"slices"
	"strconv"

	"callsheet/report/xlsx"
)

// notesWidths are the widths of the columns: a name, a short value, an explanation, and two more for the table of metrics.
var notesWidths = []float64{30, 17, 78, 12, 25}

// fillNotes explains what the figures mean, where they come from, and what is missing.
func (b *book) fillNotes(s Sheet) error {
	p := b.newPage(s.Name)
	p.Put(1, 1, xlsx.CleanText(s.title()), p.titleStyle())
	p.SetHeight(1, 26)
	p.Put(1, 2, xlsx.CleanText(b.def.Title)+", "+b.scope(), p.greyStyle())
	p.Put(1, noteRow, xlsx.CleanText(s.Note), p.greyStyle())
	for i, width := range notesWidths {
		p.SetWidth(i+1, width)
	}
	at := p.writeAbout(4)
	at = p.writeEvidenceNotes(at + 1)
	at = p.writeChargingRules(at + 1)
	at = p.writeLimits(at + 1)
	p.BreakPage(at + 1)
	at = p.writeMetrics(s, at+1)
	p.writeColumnNotes(at + 1)
	p.HideGridLines()
	p.setUpScaledPrinting(len(notesWidths), 0)
	return p.Err()
}

func (p *page) notesSection(title string, at int) int { return p.section(title, at, len(notesWidths)) }

// section writes the title of a section across a number of columns, and returns the row after it.
func (p *page) section(title string, at, columns int) int {
	p.Put(1, at, title, p.sectionStyle())
	p.SetStyle(2, at, columns, at, p.sectionStyle())
	p.SetHeight(at, 20)
	return at + 1
}

func (p *page) writeAbout(at int) int {
	at = p.notesSection("This workbook", at)
	target, _ := p.settings.number("service_level_target_seconds")
	short, _ := p.settings.number("short_abandon_seconds")
	goals, err := p.goalLines()
	p.Check(err)
	for _, line := range slices.Concat([][2]string{
		{"Period", p.req.Period.WordsIn(p.locale)},
		{"Comparison", p.comparison()},
		{"Filters", p.filterText(nil)},
		{"Times are in", p.req.Zone.String() + "; a call belongs to the day and hour it started"},
		{"Data", p.completeThrough()},
	}, p.checkedLines(), [][2]string{
		{"Service level target", "answered within " + strconv.Itoa(int(target)) + " seconds of the start of the call"},
		{"Rates", p.denominators()},
		{"Short abandon limit", "abandoned in less than " + strconv.Itoa(int(short)) + " seconds; does not count against the service level"},
		{"Recovery window", "a missed caller reached within " + p.recoveryWindow() + " of the last attempt counts as recovered"},
	}, goals, [][2]string{
		{"Usual range", "least to greatest of the last four comparable periods, without short ones with holidays, as far back as there is data"},
		{"Empty cells", "the value is unknown, or there is nothing to measure; never the same as 0"},
		{"Totals", "computed from all calls, not from the rows above them"},
		{"Created by", "callsheet " + p.req.Version},
	}) {
		p.writeNoteLine(at, line[0], line[1])
		at++
	}
	return at
}

// checkedLines has the line about the vendors' lists, if a source has vendor_api.
func (b *book) checkedLines() [][2]string {
	if checked := b.checked(); checked != "" {
		return [][2]string{{"Vendor's own list", checked + "; it is complete if every call on the list is here, and the same"}}
	}
	return nil
}

// writeNoteLine writes a name, and its explanation across the other columns.
func (p *page) writeNoteLine(at int, name, text string) {
	p.Put(1, at, name, xlsx.CellStyle{TextColour: p.theme.Grey, VAlign: "top"})
	p.putAcross(2, len(notesWidths), at, text)
}

// putAcross writes a text across columns of a row, in as many lines as it needs.
func (p *page) putAcross(from, to, at int, text string) {
	p.Merge(from, at, to, at)
	p.Put(from, at, text, xlsx.CellStyle{Wrap: true, VAlign: "top"})
	p.SetHeight(at, 15.5*float64(lineCount(text, p.widthTo(to)-p.widthTo(from-1))))
}

// writeEvidenceNotes writes the evidence, unless there is a sheet for it.
func (p *page) writeEvidenceNotes(at int) int {
	if p.sheetOf("evidence") != "" {
		return at - 1
	}
	return p.writeEvidence(p.notesSection("Data quality", at))
}

// writeChargingRules says by which rules the vendor charges, as far as they are known, if there is a sheet about that.
func (p *page) writeChargingRules(at int) int {
	if !p.def.showsBilling() {
		return at - 1
	}
	rules, err := p.data.result(querySpec{"pulses", p.req.Period, nil})
	if err != nil {
		p.Check(err)
		return at
	}
	at = p.notesSection("How the vendor charges, learned from its own lists of calls", at)
	for i := range rules.rows {
		rule := rules.row(i)
		p.writeNoteLine(at, toText(rule.get("calls_of")), toText(rule.get("rule")))
		at++
	}
	return at
}

func (p *page) writeLimits(at int) int {
	at = p.notesSection("Limits", at)
	remarks := p.remarks
	if p.def.MaskCustomers {
		remarks = append(slices.Clone(remarks), "Only the last four digits of customers' numbers are shown.")
	}
	if len(remarks) == 0 && len(p.omitted) == 0 {
		remarks = []string{"Nothing was truncated or left out."}
	}
	remarks = append(slices.Clone(remarks),
		"Wait times are upper bounds: the vendor does not report when a caller joined a queue.",
		"Handle time, occupancy and schedule adherence cannot be computed from this data.")
	for _, remark := range slices.Concat(remarks, p.omitted) {
		p.putAcross(1, len(notesWidths), at, remark)
		at++
	}
	return at
}

// writeMetrics writes the definitions of the metrics in the workbook, as a table.
func (p *page) writeMetrics(s Sheet, at int) int {
	at = p.notesSection("Metrics", at)
	for i, label := range []string{"Metric", "Unit", "How it is computed", "Better", "Name in queries"} {
		p.Put(i+1, at, label, p.headerStyle("left"))
	}
	header := at
	for _, c := range p.usedMetrics() {
		at++
		better := c.good
		if better == "neutral" {
			better = "neither"
		}
		cell := xlsx.CellStyle{BottomBorder: p.theme.Rule, VAlign: "top", Wrap: true, Align: "left"}
		for i, text := range []string{c.label, c.unit, c.meaning, better, c.name} {
			p.Put(i+1, at, text, cell)
		}
		p.SetHeight(at, 15.5*float64(lineCount(c.meaning, notesWidths[2])))
	}
	if at > header {
		p.AddTable(s.Name+"Metrics", xlsx.Range(1, header, len(notesWidths), at))
	}
	return at + 1
}

// writeColumnNotes explains each column of the detail sheets, and of tables that are not of metrics.
func (p *page) writeColumnNotes(at int) {
	for _, s := range p.def.Sheets {
		if s.Kind != "detail" && s.TotalQuery == "" {
			continue
		}
		at = p.notesSection("Columns of "+s.Name, at)
		for _, c := range describeColumns(s.Columns, s.Labels, p.catalog.callColumn) {
			p.writeNoteLine(at, c.label, xlsx.CleanText(c.meaning))
			at++
		}
		at++
	}
}

// usedMetrics returns the metrics that any sheet shows, in the catalog's order.
func (b *book) usedMetrics() []columnMeta {
	used := map[string]bool{}
	mark := func(names ...string) {
		for _, name := range names {
			used[name] = true
		}
	}
	for _, s := range b.def.Sheets {
		if s.Kind != "detail" {
			mark(s.Columns...)
		}
		mark(s.Metrics...)
		for _, t := range s.Tiles {
			mark(append(besideServiceLevel(t), t.Metric, t.Also)...)
		}
		for _, c := range s.Charts {
			mark(append(c.Columns, c.Line)...)
		}
		if s.Ranking != nil {
			mark(s.Ranking.Columns...)
		}
		if s.Spark != nil {
			mark(s.Spark.Column)
		}
	}
	var columns []columnMeta
	for _, name := range b.catalog.order {
		if used[name] {
			columns = append(columns, b.catalog.metrics[name])
		}
	}
	return columns
}
