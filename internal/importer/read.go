// Package importer imports deliveries into the spool from tables (CSV, .xlsx) and JSON: exports of a vendor's panel, or the spool of
// another collector. What a file says stays as it is, under the vendor's names of the fields; the loader's SQL validates them.
package importer

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"callsheet/internal/exitcode"
	"callsheet/internal/spool"
)

// Reading says how files are read.
type Reading struct {
	Mapping         Mapping
	Sheet           string // of workbooks; the first if empty
	DateOrder       string // dmy or mdy, as the user said; "" if nothing was said
	Zone            *time.Location
	OutgoingIsAgent bool     // SourceNumber of outgoing calls is the agent
	Agents          []string // phones of agents in the configuration
	TempDir         string
	Stdin           io.Reader
	Direction       func(text string) (string, error) // incoming, outgoing or unknown

	progress func(done, total int64)
}

// readFile reads the file, or standard input for -, into the candidates.
func (i *Importer) readFile(ctx context.Context) (err error) {
	in, err := openInput(i.Path, i.Reading.TempDir, i.Reading.Stdin)
	if err != nil {
		if failed := new(fs.PathError); errors.As(err, &failed) && failed.Path == i.Path {
			return failed.Err // the caller names the file
		}
		return err
	}
	defer func() { err = errors.Join(err, in.remove()) }()
	i.Report = Report{Path: i.Path}
	sink := sink{
		report: &i.Report,
		deliver: func(n int64, object []byte) error {
			i.Report.Rows++
			if err := ctx.Err(); err != nil {
				return err
			}
			return i.addCandidate(n, object)
		},
		reset: func() error {
			i.Report = Report{Path: i.Path}
			return i.candidates.reset()
		},
	}
	if in.format == sheetFormat {
		return i.Reading.sheet(in, sink)
	}
	if i.Reading.Sheet != "" {
		return errors.New("is no workbook, and --sheet is the sheet of one\nhint: leave --sheet out")
	}
	return i.Reading.text(in, sink)
}

// sink takes the rows of a file.
type sink struct {
	report  *Report
	deliver func(n int64, object []byte) error
	reset   func() error // forgets the rows
}

func (s sink) refuse(n int64, reason string) {
	s.report.Rows++
	s.report.reject(n, reason)
}

func (s sink) skip(n int64, reason string) {
	s.report.Rows++
	s.report.skip(n, reason)
}

func (r Reading) sheet(in input, to sink) error {
	path, remove, err := in.plainPath(r.TempDir)
	if err != nil {
		return err
	}
	read := func(to sink, p *pass) error {
		sheet, err := openSheet(path, r.Sheet, r.TempDir)
		if err != nil {
			return err
		}
		sheet.progress = r.progress
		to.report.UnreadSheets = sheet.unread
		err = r.table(sheet, "row", to, p)
		if err != nil && r.Sheet == "" && exitcode.Of(err) == exitcode.Failed {
			err = fmt.Errorf("%w%s", err, sheet.otherSheets())
		}
		return errors.Join(err, sheet.close())
	}
	return errors.Join(r.twice(read, to), remove())
}

// text reads CSV or JSON, which begins with [ or {.
func (r Reading) text(in input, to sink) error {
	return r.twice(func(to sink, p *pass) (err error) {
		content, err := in.openWith(r.progress)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, content.Close()) }()
		lines, err := newLineReader(content)
		if err != nil {
			return err
		}
		head := bytes.TrimLeft(lines.head(), " \t\r\n")
		switch {
		case len(head) == 0:
			return errEmpty
		case head[0] == '[' || head[0] == '{':
			return r.objects(lines, head[0], to, p)
		}
		rows, err := newCSV(lines, &r.Mapping)
		if err != nil {
			return err
		}
		return r.table(rows, "line", to, p)
	}, to)
}

// pass is one reading of a file: what is known from an earlier one, and what this one finds out.
type pass struct {
	order      string // of day and month in dates
	partyOrder partyOrder
	dates      dateOrder
	parties    partyEvidence
}

func (r Reading) newPass(order string, parties partyOrder) *pass {
	return &pass{order: order, partyOrder: parties, dates: dateOrder{zone: r.Zone}, parties: newPartyEvidence(r.Agents)}
}

// twice reads a file whose dates may have the day or the month first, and rewrites them year first: their lines stay right whatever
// the configuration says later. Only the whole file shows the order, and what its columns of phones are; if it is not the usual, the file is
// read again.
func (r Reading) twice(read func(to sink, p *pass) error, to sink) error {
	usual := agentCalled
	if !r.OutgoingIsAgent {
		usual = agentColumn
	}
	first := r.newPass(cmp.Or(r.DateOrder, dayFirst), usual)
	if err := read(to, first); err != nil {
		return err
	}
	found, err := first.dates.decide(r.DateOrder)
	if err != nil {
		return err
	}
	parties, err := first.parties.decide(usual)
	if err != nil {
		return err
	}
	if order := cmp.Or(found, first.order); order != first.order || parties != usual {
		second := r.newPass(order, parties)
		if err := to.reset(); err != nil {
			return err
		}
		if err := read(to, second); err != nil {
			return err
		}
	}
	to.report.DateOrder = found
	return nil
}

// table reads a table.
func (r Reading) table(rows rowReader, place string, to sink, p *pass) error {
	t := r.tableReader(place, p)
	t.rows = rows
	if err := t.open(); err != nil {
		return err
	}
	to.report.place = place
	for _, c := range t.layout.columns {
		to.report.Columns = append(to.report.Columns, Column{c.heading, c.field})
	}
	return t.read(to.deliver, to.refuse, to.skip)
}

func (r Reading) tableReader(place string, p *pass) tableReader {
	return tableReader{mapping: &r.Mapping, pass: p, place: place, directionOf: r.Direction, outgoingIsAgent: r.OutgoingIsAgent}
}

// objects reads JSON.
func (r Reading) objects(lines *lineReader, first byte, to sink, p *pass) error {
	mapper := objectMapper{layouts: map[string]mappedKeys{}, found: map[string]bool{}}
	o := &objectReader{lines: lines, refuse: to.refuse}
	o.deliver = func(n int64, object []byte) error {
		if spool.IsEnvelope(object) {
			return to.deliver(n, object)
		}
		return mapper.deliver(n, object, to)
	}
	o.setPlace(first)
	mapper.table = r.tableReader(o.place, p)
	to.report.place = o.place
	if err := o.read(); err != nil {
		return err
	}
	return mapper.checkKeys()
}
