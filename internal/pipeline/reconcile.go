package pipeline

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"callsheet/internal/spool"
	"callsheet/internal/vendor"
	"callsheet/store"
)

// FetchedDay is a day of which the vendor's list was to be fetched.
type FetchedDay struct {
	Source, Day string
	Err         error
}

// IsOfServer reports whether the day failed for a reason that other days probably share.
func (d FetchedDay) IsOfServer() bool { return vendor.IsOfServer(d.Err) }

// maxFailedDays is the number of consecutive days that the vendor's server failed or refused after which the rest are skipped. A day whose list
// cannot be read says nothing about others.
const maxFailedDays = 2

var errNotTried = errors.New("not tried, since the vendor's API failed for other days")

// FetchLists replaces the lists of a source's days by what the vendor lists now, the newest day first, since reports need that one. progress
// returns what is called with the rows of a day. A day that fails keeps its earlier list. The result is in the order of days.
func (p *Pipeline) FetchLists(ctx context.Context, api vendor.API, source string, days []string, progress func(day string) func(rows, total int64)) []FetchedDay {
	fetched, failed := make([]FetchedDay, len(days)), 0
	for i, day := range slices.Backward(days) {
		fetched[i] = FetchedDay{Source: source, Day: day, Err: errNotTried}
		if failed == maxFailedDays {
			continue
		}
		if _, fetched[i].Err = api.FetchCalls(ctx, day, progress(day)); fetched[i].IsOfServer() {
			failed++
		} else {
			failed = 0
		}
	}
	return fetched
}

// Compare returns how the calls of the fetched days compare with the lists, by source and day.
func (p *Pipeline) Compare(ctx context.Context, fetched []FetchedDay) (compared []store.Reconciliation, err error) {
	err = p.eachSource(ctx, fetched, func(reader *store.Reader, source string, days map[string]bool, from, to string) error {
		rows, err := reader.Reconciliations(ctx, source, from, to)
		for _, row := range rows {
			if days[row.Day] {
				compared = append(compared, row)
				delete(days, row.Day)
			}
		}
		if err == nil && len(days) > 0 {
			err = fmt.Errorf("source %s: the list of %s was fetched and cannot be loaded\nhint: callsheet load says why", source, slices.Sorted(maps.Keys(days))[0])
		}
		return err
	})
	return compared, err
}

// eachSource calls do with the fetched days of each source.
func (p *Pipeline) eachSource(ctx context.Context, fetched []FetchedDay, do func(reader *store.Reader, source string, days map[string]bool, from, to string) error) error {
	days := map[string]map[string]bool{}
	for _, one := range fetched {
		if one.Err == nil {
			if days[one.Source] == nil {
				days[one.Source] = map[string]bool{}
			}
			days[one.Source][one.Day] = true
		}
	}
	if len(days) == 0 {
		return nil
	}
	reader, err := p.OpenReader(ctx, ReaderOptions{})
	if err != nil {
		return err
	}
	for _, source := range slices.Sorted(maps.Keys(days)) {
		sorted := slices.Sorted(maps.Keys(days[source]))
		if err = do(reader, source, days[source], sorted[0], sorted[len(sorted)-1]); err != nil {
			break
		}
	}
	return errors.Join(err, reader.Close())
}

// ImportedRows is what was imported from the lists of a source into the spool.
type ImportedRows struct {
	Import    string `json:"import"` // id of the import
	Source    string `json:"source"`
	Missing   int64  `json:"missing"`   // calls that were missing
	Differing int64  `json:"differing"` // calls that differed
}

// ImportNewer imports the rows of the fetched lists that say something newer than what is known; the next load loads them. Nothing is imported twice.
func (p *Pipeline) ImportNewer(ctx context.Context, fetched []FetchedDay) (imported []ImportedRows, err error) {
	release, err := p.LockImports(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, release()) }()
	if err := spool.RemoveUnfinished(p.Config.SpoolDir()); err != nil {
		return nil, err
	}
	err = p.eachSource(ctx, fetched, func(reader *store.Reader, source string, days map[string]bool, from, to string) error {
		rows, err := reader.NewerRows(ctx, source, from, to)
		rows = slices.DeleteFunc(rows, func(row store.NewerRow) bool { return !days[row.Day] })
		if err != nil || len(rows) == 0 {
			return err
		}
		// Each import has a time of its own, which is its id.
		one, err := p.importRows(source, rows, p.Now().In(p.Config.Zone()).Add(time.Duration(len(imported))*time.Millisecond))
		if err == nil {
			imported = append(imported, one)
		}
		return err
	})
	return imported, err
}

// importRows copies rows of a source's lists into the spool.
func (p *Pipeline) importRows(source string, rows []store.NewerRow, now time.Time) (imported ImportedRows, err error) {
	newest := slices.MaxFunc(rows, func(a, b store.NewerRow) int { return a.FetchedAt.Compare(b.FetchedAt) })
	into, err := spool.NewImport(p.Config.SpoolDir(), now, newest.FetchedAt.In(now.Location()))
	if err != nil {
		return imported, err
	}
	imported = ImportedRows{Import: into.ID(), Source: source}
	record := spool.ImportRecord{Files: []string{"vendor/" + source}, FirstDay: rows[0].Day, LastDay: rows[len(rows)-1].Day}
	for _, row := range rows {
		record.Count(source, row.IsFirst)
		switch {
		case row.IsFirst && row.IsKnown:
			imported.Differing++
		case row.IsFirst:
			imported.Missing++
		}
	}
	for len(rows) > 0 {
		day := slices.IndexFunc(rows, func(row store.NewerRow) bool { return row.Day != rows[0].Day })
		if day < 0 {
			day = len(rows)
		}
		if err := p.copyRows(into, source, rows[:day]); err != nil {
			return imported, errors.Join(err, into.Abort())
		}
		rows = rows[day:]
	}
	if err := into.Prepare(record); err != nil {
		return imported, errors.Join(err, into.Abort())
	}
	_, err = into.Commit()
	return imported, err
}

// copyRows copies rows of one list.
func (p *Pipeline) copyRows(into *spool.Import, source string, rows []store.NewerRow) error {
	day := rows[0].Day
	list, err := spool.ReadVendorList(p.Config.Data(), source, day)
	if err != nil {
		return err
	}
	if !list.FetchedAt.Truncate(time.Microsecond).Equal(rows[0].FetchedAt) {
		return fmt.Errorf("the list of source %s and %s has been fetched again meanwhile\nhint: run callsheet reconcile again", source, day)
	}
	file, err := spool.VendorFileAt(p.Config.Data(), source, day)
	if err != nil {
		return err
	}
	number := int64(1) // the header
	return file.Lines(func(line spool.Line) error {
		number++
		if len(rows) == 0 || rows[0].Line != number {
			return nil
		}
		rows = rows[1:]
		return into.Add(line.Text)
	})
}
