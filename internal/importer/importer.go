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

// Importer adds the deliveries of a file to the spool and skips those that it has already. Read copies them to a temporary file of
// candidates, and has the loader validate these; Add adds those that can be loaded and that the spool does not have.
type Importer struct {
	Path      string
	Into      *spool.Import
	Source    string // of deliveries without one
	Identify  func(line []byte) spool.Identity
	Reading   Reading
	AcceptIDs bool // although they look rounded

	Report Report
	Calls  store.PreviewSummary // that the file has
	Record spool.ImportRecord   // for Into

	candidates *candidates
	rejected   map[int64]store.Rejection // by number of the candidate
	row        spool.Identity            // of one row; others differ in call, content and leg A only
	committed  bool
	line       []byte // reused
}

// Progress begins a step and returns a function that is called with its progress.
type Progress func(step string) func(done, total int64)

// Read reads the file, and validates its deliveries in an empty database. The error of a file that is refused begins with its path.
func (i *Importer) Read(ctx context.Context, preview *store.Preview, progress Progress) (err error) {
	if i.candidates, err = newCandidates(i.Reading.TempDir); err != nil {
		return err
	}
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
		return err
	}
	if err := i.validate(ctx, preview, progress); err != nil {
		return fmt.Errorf("%s: %w", i.Path, err)
	}
	i.Record.Files = []string{i.Path}
	if i.Calls, err = preview.Summary(ctx); err != nil {
		return err
	}
	if days := i.Calls.Days; len(days) > 0 {
		i.Record.FirstDay, i.Record.LastDay = days[0].Day.Format(time.DateOnly), days[len(days)-1].Day.Format(time.DateOnly)
	}
	return nil
}

func (i *Importer) validate(ctx context.Context, preview *store.Preview, progress Progress) error {
	i.Reading.progress = progress("reading " + i.Path)
	if err := i.readFile(ctx); err != nil {
		return err
	}
	file, err := i.candidates.spool()
	if err != nil {
		return err
	}
	checking := progress("checking")
	i.rejected, err = preview.Load(ctx, file, i.Source, i.candidates.isRow, func(done, total, _ int64) { checking(done, total) })
	if err != nil || i.AcceptIDs {
		return err
	}
	sign, err := preview.RoundedIDs(ctx)
	if err == nil && sign != "" {
		err = fmt.Errorf("a spreadsheet has rounded the CallSids: %s"+roundedHint+"; if the ids are right, --accept-ids imports them as they are", sign)
	}
	return err
}

// addCandidate adds a payload, as the line that the spool would have of it, or a line of another spool.
func (i *Importer) addCandidate(n int64, object []byte) (err error) {
	isRow := !spool.IsEnvelope(object)
	if isRow {
		if i.line, err = i.Into.AppendLine(i.line[:0], i.Source, object); err != nil {
			return err
		}
		object = i.line
	}
	id := i.Identify(object)
	if isRow {
		i.row = id
	}
	return i.candidates.add(candidate{n, id.Call, id.Content, isRow, id.LegA}, object)
}

// Add adds the candidates to the spool that it does not have, by what seen knows of their calls.
func (i *Importer) Add(ctx context.Context, seen *Seen) error {
	seen.begin(i.Into.ID())
	err := i.candidates.each(func(n int64, c candidate, line []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if rejection, ok := i.rejected[n]; ok {
			hint := fieldHints[rejection.Field]
			if rejection.Rounded {
				hint = roundedHint
			}
			i.Report.reject(c.place, rejection.Reason+hint)
			return nil
		}
		return i.add(c, line, seen)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", i.Path, err)
	}
	return i.Report.check()
}

const roundedHint = "\nhint: import the export as the panel wrote it, or set that column to text before pasting"

// fieldHints are what to do about a row whose field cannot be read.
var fieldHints = map[string]string{
	startTime: "\nhint: correct the time in the file, or map another column with --field \"StartTime=…\"",
	callSid:   "\nhint: every row needs the id of its call; map its column with --field \"CallSid=…\"",
}

// add adds a line, unless it adds nothing to the spool.
func (i *Importer) add(c candidate, line []byte, seen *Seen) error {
	if len(line) > spool.MaxLine {
		i.Report.reject(c.place, fmt.Sprintf("a delivery of %s; the limit is %s", display.Plural(len(line), "byte"), display.Count(spool.MaxLine)))
		return nil
	}
	id := i.row
	if id.Call, id.Content, id.LegA = c.call, c.content, c.legA; !c.isRow {
		id = i.Identify(line)
	}
	if other, has := seen.has(id, !c.isRow); has {
		i.Report.Known++
		i.Record.Skip(other)
		return nil
	}
	i.Record.Count(id.Source, seen.add(id))
	i.Report.Imported++
	return i.Into.Add(line)
}

// Prepare makes the import durable, if it has anything new; Commit then only adds it to the spool.
func (i *Importer) Prepare() error {
	if i.Report.Imported == 0 {
		return nil
	}
	return i.Into.Prepare(i.Record)
}

// Commit adds the prepared import to the spool if it has anything new, and reports whether it is added, also if there is an error.
func (i *Importer) Commit() (added bool, err error) {
	if i.Report.Imported == 0 {
		return false, nil
	}
	i.committed = true // or its file is removed
	return i.Into.Commit()
}

// Close removes temporary files, and the import unless it was committed.
func (i *Importer) Close() (err error) {
	if i.candidates != nil {
		err = i.candidates.close()
	}
	if !i.committed {
		err = errors.Join(err, i.Into.Abort())
	}
	return err
}
