package vendor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/display"
	"callsheet/internal/spool"
)

// maxPasses is how often the pages are read before a list counts as one that cannot be read whole.
const maxPasses = 3

var (
	// errIncomplete is that of a pass after which rows are missing. The rows that were read count in the next one.
	errIncomplete = errors.New("the list is not complete")
	// errContradiction is that of answers of which one must be wrong. The next pass begins without rows.
	errContradiction = errors.New("the vendor's counts contradict each other")
)

// fetch reads the pages of a list until it is proven complete.
type fetch struct {
	*account
	day      string
	pages    *partial
	progress func(rows, total int64)
}

func (a *account) FetchCalls(ctx context.Context, day string, progress func(rows, total int64)) (list spool.VendorList, err error) {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return list, fmt.Errorf("%q is not a day such as 2026-10-05", day)
	}
	dir := filepath.Dir(spool.VendorListPath(a.DataDir, a.Source, day))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return list, err
	}
	lock, err := atomicfile.TakeLock(ctx, filepath.Join(dir, ".lock"), "the vendor's lists of source "+a.Source, 0)
	if err != nil {
		return list, err
	}
	defer func() { err = errors.Join(err, lock.Release()) }()
	if err := removeStale(dir, a.now()); err != nil {
		return list, err
	}
	pages, err := openPartial(filepath.Join(dir, "."+day+".partial"), day, a.newHeader())
	if err != nil {
		return list, err
	}
	defer func() { err = errors.Join(err, pages.close()) }()
	if progress == nil {
		progress = func(int64, int64) {}
	}
	f := &fetch{a, day, pages, progress}
	if err := f.run(ctx); err != nil {
		return list, fmt.Errorf("fetching the calls of %s: %w", day, err)
	}
	list = spool.VendorList{List: a.Kind, Source: a.Source, Day: day, FetchedAt: pages.Started, Total: pages.total}
	if err := f.checkEmptied(); err != nil {
		return list, errors.Join(err, pages.remove())
	}
	if err := spool.WriteVendorList(a.DataDir, list, pages.payloads()); err != nil {
		return list, err
	}
	list.Rows = list.Total
	return list, pages.remove()
}

// checkEmptied refuses an empty list in place of one with rows: vendors answer in the same way for days that they no longer keep.
func (f *fetch) checkEmptied() error {
	if f.pages.total > 0 {
		return nil
	}
	old, err := spool.ReadVendorList(f.DataDir, f.Source, f.day)
	if err == nil && old.Rows > 0 {
		return fmt.Errorf("the vendor lists no calls of %s any more, and listed %s on %s; that list stays\nhint: vendors keep the calls of the last 15 to 90 days",
			f.day, display.Count(old.Rows), old.FetchedAt.Format(time.DateOnly))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// run reads the pages, from the first one again while rows are missing: the list may have changed meanwhile.
func (f *fetch) run(ctx context.Context) error {
	if f.pages.isWhole() { // it was interrupted after its last page
		return nil
	}
	for pass := 1; ; pass++ {
		err := f.pass(ctx)
		contradicts := errors.Is(err, errContradiction)
		switch {
		case err == nil, !contradicts && !errors.Is(err, errIncomplete):
			return err
		case pass == maxPasses:
			return errors.Join(fmt.Errorf("%w, after %d attempts%s\nhint: try again later; if it stays so, ask the vendor", err, pass, f.whatStays()),
				f.pages.remove())
		case contradicts:
			if err := f.pages.begin(f.newHeader()); err != nil {
				return err
			}
		}
		f.pages.next = 1
	}
}

// whatStays says that the list of an earlier fetch is kept, if there is one.
func (f *fetch) whatStays() string {
	if _, err := spool.ReadVendorList(f.DataDir, f.Source, f.day); err != nil {
		return ""
	}
	return "; the list of an earlier fetch stays"
}

// pass reads the pages from the next one on until every row has been read.
func (f *fetch) pass(ctx context.Context) error {
	resumed := f.pages.next > 1
	for read := int64(0); ; {
		p, err := f.page(ctx, f.day, f.pages.next)
		if err != nil {
			return err
		}
		known := f.pages.total
		if resumed && !p.IsEmpty && p.Total != known { // rows are in other places now
			if err := f.pages.begin(f.newHeader()); err != nil {
				return err
			}
			resumed = false
			continue
		}
		resumed = false
		if isEnd, err := f.isEnd(p); isEnd || err != nil {
			return err
		}
		if p.Total < known {
			return fmt.Errorf("%w: total was %d, and then %d", errContradiction, known, p.Total)
		}
		if err := f.pages.add(p); err != nil {
			return err
		}
		rows := f.pages.rows()
		f.progress(rows, p.Total)
		size := int64(len(p.Rows))
		read += size
		switch {
		case rows == p.Total:
			return nil
		case rows > p.Total:
			return fmt.Errorf("%w: total is %d, and there are more rows", errContradiction, p.Total)
		case read > p.Total+p.Total/10+10*size: // more than shifted rows explain
			return f.missing()
		}
	}
}

// isEnd reports whether a page says that the list is empty. A page after the last one is an error, since rows are missing then.
func (f *fetch) isEnd(p page) (bool, error) {
	asked, rows := f.pages.next, f.pages.rows()
	switch {
	case p.Number != 0 && p.Number != asked:
		if p.Number < asked && rows > 0 && int64(asked) > (f.pages.total+f.pages.size-1)/f.pages.size {
			return true, f.missing() // it repeats the last page
		}
		return true, fmt.Errorf("page %d was asked for, and the vendor answered with page %d", asked, p.Number)
	case len(p.Rows) > 0:
		return false, nil
	case asked == 1 && p.Total == 0 && rows == 0:
		return true, nil
	case asked == 1 && p.Total == 0:
		return true, fmt.Errorf("%w: total was %d, and then there were no calls", errContradiction, f.pages.total)
	}
	f.pages.total = max(f.pages.total, p.Total)
	return true, f.missing()
}

func (f *fetch) missing() error {
	return fmt.Errorf("%w: the vendor counts %s and lists %s", errIncomplete, display.Plural(int(f.pages.total), "call"), display.Count(f.pages.rows()))
}
