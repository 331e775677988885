package report

import "callsheet/report/xlsx"

// evidenceWidths are the widths of the columns: what was counted, the count, and what it means.
var evidenceWidths = []float64{32, 14, 90}

// fillEvidence shows the quality of the data, zeros included, for readers who doubt a figure.
func (b *book) fillEvidence(s Sheet) error {
	flags, err := b.data.result(querySpec{"flags", b.req.Period, nil})
	if err != nil {
		return err
	}
	p := b.newPage(s.Name)
	p.heading(s, b.req.Period)
	for i, width := range evidenceWidths {
		p.SetWidth(i+1, width)
	}
	at := headerRow
	p.Put(1, at, p.completeThrough(), xlsx.CellStyle{Bold: true})
	if checked := p.checked(); checked != "" {
		at++
		p.Put(1, at, checked, xlsx.CellStyle{Bold: true})
	}
	at = p.writeChecked(at + 2)
	at = p.writeEvidence(p.section("From deliveries to calls", at, len(evidenceWidths)))
	p.BreakPage(at + 1)
	at = p.section("Call reports that contradict themselves or lack something", at+1, len(evidenceWidths))
	for i := range flags.rows {
		flag := flags.row(i)
		p.writeEvidenceLine(at, toText(p.catalog.callColumn("flag").inWords(flag.get("flag"))), flag.get("calls"), xlsx.CleanText(toText(flag.get("meaning"))))
		at++
	}
	p.HideGridLines()
	p.setUpScaledPrinting(len(evidenceWidths), 0)
	return p.Err()
}

// An evidenceLine describes a column of the query evidence.
type evidenceLine struct{ column, label, meaning string }

// writeEvidence writes the columns of the query evidence: first the lines that add up, then the others.
func (p *page) writeEvidence(at int) int {
	for _, line := range deliveryLines {
		p.writeEvidenceLine(at, line.label, p.evidence.get(line.column), line.meaning)
		at++
	}
	p.SetStyle(1, at-1, 1, at-1, p.totalStyle("left", ""))
	p.SetStyle(2, at-1, 2, at-1, p.totalStyle("right", p.excelFormat("count")))
	at++
	for _, line := range evidenceLines {
		p.writeEvidenceLine(at, line.label, p.evidence.get(line.column), line.meaning)
		at++
	}
	return at
}

func (p *page) writeEvidenceLine(at int, label string, count any, meaning string) {
	p.Put(1, at, label, xlsx.CellStyle{TextColour: p.theme.Grey, VAlign: "top"})
	p.Put(2, at, p.cellValue(count, "count"), xlsx.CellStyle{NumberFormat: p.excelFormat("count"), Align: "right", VAlign: "top"})
	p.Put(3, at, meaning, xlsx.CellStyle{Align: "left", Indent: 1, Wrap: true, VAlign: "top"})
	p.SetHeight(at, 15.5*float64(lineCount(meaning, p.Width(3)-indentWidth)))
}

// deliveryLines add up: the last is the first without those between.
var deliveryLines = []evidenceLine{
	{"reports_received", "Deliveries received", "call reports delivered for the calls of this workbook, duplicates included"},
	{"duplicates_removed", "− Duplicates removed", "reports that were delivered again; each call counts once"},
	{"versions_superseded", "− Superseded versions", "reports replaced by a later, different report of the same call"},
	{"further_legs", "− Further phones", "reports of a second or later phone of the same call, as after a transfer"},
	{"calls", "= Calls", "the calls of this workbook"},
}

// evidenceLines describe the other columns, zeros included.
var evidenceLines = []evidenceLine{
	{"late_reports", "Late reports", "reports received on a later day than the call ended"},
	{"imported_calls", "Imported calls", "calls known from imported exports only; the collector received nothing of them"},
	{"live_without_report", "Live calls without a report", "calls of any group and agent with live events but no report within six hours; not in the figures"},
	{"reports_without_live", "Reports without live events", "calls with a report but no live events; their figures are complete"},
	{"rejected_lines", "Rejected lines", "deliveries of any source that could not be read; kept, but not in the figures"},
	{"files_with_problems", "Files with a problem", "spool files that are missing, changed or unreadable; calls may be missing"},
	{"unknown_statuses", "Unrecognised statuses", "calls with a status that callsheet does not know"},
	{"unknown_keys", "Unknown fields", "fields of the vendor's reports that are not documented; kept"},
	{"flagged_calls", "Flagged calls", "calls whose report contradicts itself or lacks something; counted as reported"},
	{"masked_calls", "Masked numbers", "calls whose customer number is masked, so that it identifies nobody; not counted under Customers"},
	{"ungrouped_calls", "Calls with no group", "calls for which neither the report nor the settings name a group; in every total"},
}
