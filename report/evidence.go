package report

// evidenceWidths are the columns of Evidence: what, how often, and what that means.
var evidenceWidths = []float64{32, 14, 90}

// fillEvidence says how far the figures can be trusted, zeros included: it is what managers are to look at when they doubt one.
func (b *book) fillEvidence(s Sheet) error {
	flags, err := b.data.result(querySpec{"flags", b.req.Period, nil})
	if err != nil {
		return err
	}
	p := b.page(s.Name)
	p.heading(s, b.req.Period)
	for i, width := range evidenceWidths {
		p.width(i+1, width)
	}
	p.put(1, headerRow, p.completeThrough(), cellStyle{bold: true})
	at := p.writeEvidence(p.section("What came, and what is missing", headerRow+2, len(evidenceWidths)))
	at = p.section("Reports that contradict themselves or lack something", at+1, len(evidenceWidths))
	for i := range flags.rows {
		flag := flags.row(i)
		p.writeEvidenceLine(at, cleanText(toText(flag.get("flag"))), flag.get("calls"), cleanText(toText(flag.get("meaning"))))
		at++
	}
	p.view(false, 100)
	p.check(b.setUpPrinting(s.Name, printSetup{landscape: true, onePage: true}))
	return p.err
}

// evidenceLines are the figures of the query evidence.
func (p *page) writeEvidence(at int) int {
	for _, line := range evidenceColumns {
		p.writeEvidenceLine(at, line.label, p.evidence.get(line.column), line.meaning)
		at++
	}
	return at
}

func (p *page) writeEvidenceLine(at int, label string, count any, meaning string) {
	p.put(1, at, label, cellStyle{textColour: p.theme.Grey})
	p.put(2, at, p.cellValue(count, "count"), cellStyle{format: p.excelFormat("count"), align: "right"})
	p.put(3, at, meaning, cellStyle{align: "left", indent: 1})
}

// evidence are the columns of the query evidence, in words.
var evidenceColumns = []struct{ column, label, meaning string }{
	{"reports_received", "Reports received", "call reports delivered for the calls of this workbook, duplicates included"},
	{"duplicates_removed", "Duplicates removed", "the same report again; each call counts once"},
	{"versions_superseded", "Versions superseded", "reports that a later, different report of the same call replaced"},
	{"late_reports", "Late reports", "received on a later day than the call ended"},
	{"live_without_report", "Live calls without a report", "seen live, but no report had come six hours later: not in the figures"},
	{"reports_without_live", "Reports without live events", "calls that were never seen live; their figures are whole"},
	{"rejected_lines", "Rejected lines", "deliveries that could not be read; kept, and not in the figures"},
	{"files_with_problems", "Files with a problem", "spool files that are gone, changed or could not be read: calls may be missing"},
	{"unknown_statuses", "Unknown statuses", "calls whose status word is not known yet"},
	{"unknown_keys", "Unknown fields", "fields the vendor sent that nobody documented; kept"},
	{"flagged_calls", "Flagged calls", "calls whose report contradicts itself; counted as they are"},
	{"masked_calls", "Masked numbers", "calls whose customer number identifies nobody; not counted under Customers"},
	{"ungrouped_calls", "Calls with no group", "neither the report nor the settings name a group; in every total"},
}
