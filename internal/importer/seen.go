package importer

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"

	"callsheet/internal/spool"
)

// Seen knows for each call what the spool says about it and when it was reported, to recognise the rows that add nothing. A row that
// repeats an earlier report of its call, after which the vendor reported something else, is a correction back: it adds something. So does
// the first one with the time of leg A, which may be empty. Seen only knows the calls that are to be imported: a spool has many more.
type Seen struct {
	wanted  map[uint64]struct{}   // calls
	newest  map[uint64]seenReport // by call
	older   map[uint64]seenReport // by content: those that are not the newest of their call
	imports []string              // ids of the imports in the spool; index plus 1 is their number
	current int32                 // number of the import whose lines are added; 0 for a collector's lines
}

type seenReport struct {
	content    uint64
	reportedAt int64
	number     int32 // of its import, 0 for a collector's
	exported   bool  // reported when the export of that import was made
	unordered  bool  // the spool does not say whether it is newer than others of its call
	legA       bool  // it was sent with the time of leg A
}

// NewSeen returns a Seen of an empty spool for what is to be imported.
func NewSeen(imports []*Importer) *Seen {
	s := &Seen{wanted: map[uint64]struct{}{}, newest: map[uint64]seenReport{}, older: map[uint64]seenReport{}}
	for _, i := range imports {
		for _, one := range i.candidates.list {
			s.wanted[one.call] = struct{}{}
		}
	}
	return s
}

// begin makes lines that are added from now on those of the import with an id.
func (s *Seen) begin(id string) {
	s.imports = append(s.imports, id)
	s.current = int32(len(s.imports))
}

// ReadSpool adds the lines of a spool.
func (s *Seen) ReadSpool(ctx context.Context, dir string, identify func(line []byte) spool.Identity, progress func(done, total int64)) error {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	files, err := spool.List(dir)
	if err != nil {
		return err
	}
	var total, done int64
	for _, file := range files {
		total += file.Size
	}
	for _, file := range files {
		if err := s.readFile(ctx, file, identify); err != nil {
			return err
		}
		done += file.Size
		progress(done, total)
	}
	return nil
}

func (s *Seen) readFile(ctx context.Context, file spool.File, identify func(line []byte) spool.Identity) error {
	reader, err := file.Open(0)
	if err != nil {
		return err
	}
	defer reader.Close()
	s.current = 0
	if id, ok := file.ImportID(); ok {
		s.begin(id)
	}
	for ctx.Err() == nil {
		line, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		id := identify(line.Text)
		if _, wanted := s.wanted[id.Call]; wanted {
			s.add(id)
		}
	}
	return ctx.Err()
}

// has reports whether a row adds nothing to the spool, and the id of the import that has it; empty if it is not of another import.
// isLine is for a line with its own time of receipt, which is the same delivery if the time is the same.
func (s *Seen) has(row spool.Identity, isLine bool) (id string, has bool) {
	newest, known := s.newest[row.Call]
	if !known {
		return "", false
	}
	if newest.content == row.Content {
		return s.importOf(newest), !newest.unordered && (newest.legA || !row.LegA)
	}
	own, known := s.older[row.Content]
	if !known || own.number == s.current || row.LegA && !own.legA {
		return "", false
	}
	switch cmp.Compare(own.reportedAt, row.ReportedAt) {
	case 1:
		has = true
	case 0:
		has = isLine || newest.reportedAt > row.ReportedAt
	}
	// Rows of one export that say different things about a call, such as a transfer, are in the spool once it is imported.
	has = has || own.exported && newest.exported && own.number == newest.number
	return s.importOf(own), has
}

func (s *Seen) importOf(report seenReport) string {
	if report.number == 0 || report.number == s.current {
		return "" // a file may repeat a row
	}
	return s.imports[report.number-1]
}

// isRetry reports whether the collector received a line again, which corrects nothing.
func isRetry(line spool.Identity, earlier seenReport) bool {
	return !line.Imported && !earlier.exported && earlier.reportedAt > 0
}

// add adds a line of the spool, or a row that is imported, and reports whether it is the first of its call in this import. Of lines
// reported at the same time, the one that is added last is the newest.
func (s *Seen) add(line spool.Identity) (first bool) {
	report := seenReport{content: line.Content, reportedAt: line.ReportedAt, number: s.current, exported: line.Imported}
	newest, known := s.newest[line.Call]
	report.legA = line.LegA || s.older[line.Content].legA || known && newest.content == line.Content && newest.legA
	first = !known || newest.number != s.current
	switch {
	case !known:
	case newest.content == line.Content:
		if newest.reportedAt > line.ReportedAt || isRetry(line, newest) {
			newest.legA = report.legA
			s.newest[line.Call] = newest
			return first
		}
		report.unordered = newest.unordered && line.ReportedAt == 0
	case newest.reportedAt > line.ReportedAt:
		if earlier := s.older[line.Content]; earlier.reportedAt > line.ReportedAt {
			earlier.legA = report.legA
			report = earlier
		}
		s.older[line.Content] = report
		return first
	case isRetry(line, s.older[line.Content]):
		s.older[line.Content] = report
		return first
	default:
		report.unordered = line.ReportedAt == 0
		s.older[newest.content] = newest
		delete(s.older, line.Content)
	}
	s.newest[line.Call] = report
	return first
}
