package report

import (
	"slices"
	"strconv"
)

// The columns of Notes: what, a short value, an explanation, and two more for the table of metrics.
var notesWidths = []float64{30, 17, 78, 12, 25}

// fillNotes says what the figures mean, where they come from, and what is missing.
func (b *book) fillNotes(s Sheet) error {
	p := b.page(s.Name)
	p.put(1, 1, cleanText(s.title()), p.titleStyle())
	p.height(1, 26)
	p.put(1, 2, cleanText(b.def.Title)+", "+b.scope(), p.greyStyle())
	for i, width := range notesWidths {
		p.width(i+1, width)
	}
	at := p.writeAbout(4)
	at = p.writeEvidenceNotes(at + 1)
	at = p.writeLimits(at + 1)
	p.check(b.file.InsertPageBreak(s.Name, cell(1, at+1)))
	at = p.writeMetrics(s, at+1)
	p.writeColumnNotes(at + 1)
	p.view(false, 100)
	p.check(b.setUpPrinting(s.Name, printSetup{landscape: true}))
	return p.err
}

func (p *page) notesSection(title string, at int) int { return p.section(title, at, len(notesWidths)) }

// sectionOver begins a section that is so many columns wide, and gives the row after its title.
func (p *page) section(title string, at, columns int) int {
	p.put(1, at, title, p.sectionStyle())
	p.setStyle(2, at, columns, at, p.sectionStyle())
	p.height(at, 20)
	return at + 1
}

func (p *page) writeAbout(at int) int {
	at = p.notesSection("This workbook", at)
	target, _ := p.settings.number("service_level_target_seconds")
	short, _ := p.settings.number("short_abandon_seconds")
	window, _ := p.settings.number("recovery_window_seconds")
	for _, line := range [][2]string{
		{"Period", p.req.Period.Words()},
		{"Changes are against", p.comparison()},
		{"Filters", p.filterText(nil)},
		{"Times are in", p.req.Zone.String() + "; a call belongs to the day and hour it started"},
		{"Data", p.completeThrough()},
		{"Service level target", "answered within " + strconv.Itoa(int(target)) + " seconds of the start of the call"},
		{"Short abandon limit", "abandoned in less than " + strconv.Itoa(int(short)) + " seconds; not held against the service level"},
		{"Recovery window", "a missed caller reached within " + strconv.FormatFloat(window/3600, 'f', -1, 64) + " hours of the first try counts as recovered"},
		{"Empty cells", "unknown, or nothing to measure: never the same as 0"},
		{"Totals", "computed again from all calls: not the sum or the mean of the rows above them"},
		{"Made by", "callsheet " + p.req.Version},
	} {
		p.put(1, at, line[0], cellStyle{textColour: p.theme.Grey})
		p.put(2, at, line[1], cellStyle{})
		at++
	}
	return at
}

// evidenceNotes are in every workbook, here unless there is a sheet for them.
func (p *page) writeEvidenceNotes(at int) int {
	if p.sheetOf("evidence") != "" {
		return at - 1
	}
	return p.writeEvidence(p.notesSection("Evidence", at))
}

func (p *page) writeLimits(at int) int {
	at = p.notesSection("Limits", at)
	remarks := p.remarks
	if p.def.MaskCustomers {
		remarks = append(slices.Clone(remarks), "Of customers' numbers only the last four digits are shown.")
	}
	if len(remarks) == 0 {
		remarks = []string{"Nothing was cut or left out."}
	}
	remarks = append(slices.Clone(remarks),
		"Waits are an upper bound: the vendor gives no time at which a caller joined a queue.",
		"Handle time, occupancy and schedule adherence cannot be computed from this data, so they are not here.")
	for _, remark := range remarks {
		p.put(1, at, remark, cellStyle{})
		at++
	}
	return at
}

// metricNotes defines every metric the workbook shows, as a table.
func (p *page) writeMetrics(s Sheet, at int) int {
	at = p.notesSection("Metrics", at)
	for i, head := range []string{"Metric", "Unit", "How it is computed", "Better", "Name in queries"} {
		p.put(i+1, at, head, p.headerStyle("left"))
	}
	head := at
	for _, w := range p.usedMetrics() {
		at++
		better := w.good
		if better == "neutral" {
			better = "neither"
		}
		cell := cellStyle{bottomBorder: p.theme.Rule, valign: "top", wrap: true, align: "left"}
		for i, text := range []string{w.label, w.unit, w.meaning, better, w.name} {
			p.put(i+1, at, text, cell)
		}
		p.height(at, 15.5*float64(lineCount(w.meaning, notesWidths[2])))
	}
	if at > head {
		p.table(Sheet{Name: s.Name + "Metrics"}, span(1, head, len(notesWidths), at))
	}
	return at + 1
}

// columnNotes says what each column of the detail sheets is.
func (p *page) writeColumnNotes(at int) {
	for _, s := range p.def.Sheets {
		if s.Kind != "detail" {
			continue
		}
		at = p.notesSection("Columns of "+s.Name, at)
		for _, w := range describeColumns(s.Columns, s.Labels, p.catalog.callColumn) {
			p.put(1, at, w.label, cellStyle{textColour: p.theme.Grey})
			p.put(2, at, cleanText(w.meaning), cellStyle{})
			at++
		}
		at++
	}
}

// usedMetrics are the metrics any sheet shows, in the catalog's order.
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
			mark(t.Metric, t.Also)
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
	var words []columnMeta
	for _, name := range b.catalog.order {
		if used[name] {
			words = append(words, b.catalog.metrics[name])
		}
	}
	return words
}
