package importer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/spool"
	"callsheet/store"
)

// Importer adds the deliveries of files to the spool and skips those that it has already. First it reads the files into a temporary
// file of candidates; these are judged, and those that the loader can read are added to the spool.
type Importer struct {
	Into     *spool.Import
	Source   string // of deliveries without one
	Identify func(line []byte) spool.Identity
	Seen     *Seen              // the spool
	Record   spool.ImportRecord // for Into

	AcceptIDs bool // although they look rounded

	Reading    Reading
	Candidates *candidates
	Files      []*FileReport

	line []byte // reused
}

// Result is what an import did, or would do.
type Result struct {
	Files   []*FileReport
	Preview store.PreviewSummary
	Spooled string // id of the import; empty if there was nothing new, or nothing was to be written
}

// Run imports files: all that can be read in them, or nothing if one of them is refused.
func (i *Importer) Run(ctx context.Context, preview *store.Preview, files []string, progress func(step string) func(done, total int64)) (result Result, err error) {
	if i.Candidates, err = newCandidates(i.Reading.TempDir); err != nil {
		return result, err
	}
	defer func() { err = errors.Join(err, i.Candidates.close()) }()
	i.Seen.Begin(i.Into.ID())
	i.Record.Files = files
	directions := map[string]string{} // by word
	i.Reading.Direction = func(word string) (direction string, err error) {
		if direction, known := directions[word]; known {
			return direction, nil
		}
		if direction, err = preview.Direction(ctx, i.Source, word); err == nil && len(directions) < maxLayouts {
			directions[word] = direction
		}
		return direction, err
	}
	if err := CheckDirection(i.Reading.Mapping.Set[directionField], i.Reading.Direction); err != nil {
		return result, err
	}
	for _, path := range files {
		i.Reading.progress = progress("reading " + path)
		if err := i.Read(ctx, path); err != nil {
			return result, fmt.Errorf("%s: %w", path, err)
		}
	}
	file, err := i.Candidates.spool()
	if err != nil {
		return result, err
	}
	checking := progress("checking")
	rejected, err := preview.Load(ctx, file, i.Source, i.Candidates.isRow, func(done, total, _ int64) { checking(done, total) })
	if err != nil {
		return result, err
	}
	if !i.AcceptIDs {
		if err := checkIDs(ctx, preview); err != nil {
			return result, fmt.Errorf("%s: %w", files[0], err)
		}
	}
	if err := i.Add(ctx, rejected); err != nil {
		return result, err
	}
	for _, report := range i.Files {
		if err := report.check(); err != nil {
			return result, err
		}
	}
	result.Files = i.Files
	if result.Preview, err = preview.Summary(ctx); err != nil {
		return result, err
	}
	if days := result.Preview.Days; len(days) > 0 {
		i.Record.FirstDay, i.Record.LastDay = days[0].Day.Format(time.DateOnly), days[len(days)-1].Day.Format(time.DateOnly)
	}
	return result, nil
}

// checkIDs returns an error if the CallSids show that a spreadsheet has rounded them.
func checkIDs(ctx context.Context, preview *store.Preview) error {
	sign, err := preview.RoundedIDs(ctx)
	if err != nil || sign == "" {
		return err
	}
	return fmt.Errorf("a spreadsheet has rounded the CallSids: %s\nhint: import the export as the panel wrote it, or set that column to text before pasting; if the ids are right, --accept-ids imports them as they are", sign)
}

// addCandidate adds a payload, as the line that the spool would have of it, or a line of another spool.
func (i *Importer) addCandidate(p place, object []byte) (err error) {
	p.isRow = !spool.IsEnvelope(object)
	if p.isRow {
		if i.line, err = i.Into.AppendLine(i.line[:0], i.Source, object); err != nil {
			return err
		}
		object = i.line
	}
	return i.Candidates.add(p, object)
}

// Add adds the candidates to the spool, except for those that were rejected, by their numbers.
func (i *Importer) Add(ctx context.Context, rejected map[int64]string) error {
	return i.Candidates.each(func(n int64, p place, line []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		report := i.Files[p.file]
		if reason, ok := rejected[n]; ok {
			report.reject(p.n, reason)
			return nil
		}
		return i.add(report, p, line)
	})
}

// add adds a line, unless it adds nothing to the spool.
func (i *Importer) add(report *FileReport, p place, line []byte) (err error) {
	if len(line) > spool.MaxLine {
		report.reject(p.n, fmt.Sprintf("a delivery of %s bytes; the limit is %s", display.Count(int64(len(line))), display.Count(spool.MaxLine)))
		return nil
	}
	id := i.Identify(line)
	if other, has := i.Seen.Has(id, !p.isRow); has {
		report.Known++
		i.Record.Skip(other)
		return nil
	}
	i.Record.Count(id.Source, i.Seen.Add(id))
	report.Imported++
	return i.Into.Add(line)
}
