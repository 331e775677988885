package spool

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"callsheet/internal/atomicfile"
)

// Follower reads what is appended to a spool, from some time ago on. It only reads files: the process that appends does not know of it.
// Imports are left out, since no source sends them.
type Follower struct {
	dir   string
	since time.Time
	files map[string]*followed // by name

	listed  time.Time // when the folder was listed last
	changed time.Time // modification time of the folder then
}

// followed is a file of a Follower.
type followed struct {
	File
	offset int64 // of the next line
	ended  bool  // no more lines are expected: an archive that was read, or a file that is too old
	begun  bool  // the offset is known
	failed error // why it cannot be read, until the next list
}

const (
	// A folder whose modification time is the same has the same files. It is listed again all the same after listInterval, for file
	// systems that show the time late, and within listGrace of a change, since times are coarse.
	listInterval = 5 * time.Second
	listGrace    = 2 * time.Second

	// searchStep is how many bytes before the first line that is wanted may be read without need.
	searchStep = 64 << 10
	// searchLines is how many lines without a time of receipt are looked at before a file counts as one without such times.
	searchLines = 100
)

// Follow returns a follower of the deliveries that a spool has received since a time.
func Follow(dir string, since time.Time) *Follower {
	return &Follower{dir: dir, since: since, files: map[string]*followed{}}
}

// Poll calls do with each new line, which is valid until do returns. The error names the files that cannot be read; they are tried again after
// listInterval, and the others are read. The order of lines of different files is not fixed.
func (f *Follower) Poll(now time.Time, do func(text []byte)) error {
	if err := f.list(now); err != nil {
		return err
	}
	var errs []error
	for name, file := range f.files {
		if file.failed == nil {
			file.failed = file.read(f.since, do)
		}
		if errors.Is(file.failed, fs.ErrNotExist) { // archived meanwhile
			file.failed = nil
		}
		if file.failed != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, file.failed))
		}
	}
	return errors.Join(errs...)
}

// list updates the files and their durable lengths.
func (f *Follower) list(now time.Time) error {
	info, err := os.Stat(f.dir)
	if err != nil {
		return fmt.Errorf("spool folder: %w", err)
	}
	if info.ModTime().Equal(f.changed) && f.listed.Sub(f.changed) > listGrace && now.Sub(f.listed) < listInterval && !now.Before(f.listed) {
		return f.grow()
	}
	files, err := List(f.dir)
	if err != nil {
		return err
	}
	present := make(map[string]*followed, len(files))
	for _, file := range files {
		if _, imported := file.ImportID(); imported {
			continue
		}
		known := f.files[file.Name]
		if known == nil {
			known = &followed{}
		}
		known.File, known.failed = file, nil
		if !file.Compressed() {
			known.offset = min(known.offset, file.Durable) // another file has taken its place
		}
		present[file.Name] = known
	}
	f.files, f.listed, f.changed = present, now, info.ModTime()
	return nil
}

// grow updates the durable lengths of the files that are appended to.
func (f *Follower) grow() error {
	sizes := map[string]int64{}
	stat := func(name string) {
		file := f.files[name]
		if file == nil || file.ended || file.Compressed() {
			return
		}
		if info, err := os.Stat(file.Path); err == nil { // else it is archived or removed, and the folder has changed
			sizes[name] = info.Size()
		}
	}
	for name, file := range f.files {
		if !file.ModTime.Before(f.listed.Add(-listRecent)) {
			stat(name)
		}
	}
	// Read after the sizes, as in List.
	durable, err := readMark(atomicfile.OS{}, f.dir)
	if err != nil {
		return fmt.Errorf("spool folder: %w", err)
	}
	for name := range durable { // the file of the day, after an hour without a delivery
		if _, done := sizes[name]; !done {
			stat(name)
		}
	}
	for name, size := range sizes {
		if length, marked := durable[name]; marked {
			size = min(size, length)
		}
		f.files[name].Durable = size
	}
	return nil
}

// listRecent is the age of files from which only a listing sees what other programs append to them.
const listRecent = time.Hour

// begin finds the first line that is wanted of a file that was not there before.
func (f *followed) begin(since time.Time) error {
	switch isOld := f.ModTime.Before(since); {
	case f.Compressed():
		f.ended = isOld || f.isOfDayBefore(since) // an archive is written long after its last delivery
	case isOld:
		f.offset = f.Durable // it may grow
	default:
		offset, err := f.offsetSince(since)
		if err != nil {
			return err
		}
		f.offset = offset
	}
	f.begun = true
	return nil
}

// isOfDayBefore reports whether a file's name begins with a day that was over at a time, in each time zone.
func (f File) isOfDayBefore(at time.Time) bool {
	return isDay(f.Name) && f.Name[:len(time.DateOnly)] < at.UTC().Add(-12*time.Hour).Format(time.DateOnly)
}

// read calls do with the lines after the offset.
func (f *followed) read(since time.Time, do func(text []byte)) error {
	if !f.begun {
		if err := f.begin(since); err != nil {
			return err
		}
	}
	if f.ended || f.offset >= f.Durable && !f.Compressed() {
		return nil
	}
	lines, err := f.Open(f.offset)
	if errors.Is(err, io.EOF) { // an archive that has no more than what was read of the plain file
		f.ended = true
		return nil
	}
	if err != nil {
		return err
	}
	for {
		line, err := lines.Next()
		if err == io.EOF {
			f.ended = f.Compressed()
			return lines.Close()
		}
		if err != nil {
			return errors.Join(err, lines.Close())
		}
		f.offset = lines.Offset()
		if !line.TooLong {
			do(line.Text)
		}
	}
}

// offsetSince returns an offset at or a little before the first line that was received at a time or later. Lines are in the order of
// their receipt. A file whose lines have no such time has none of interest.
func (f File) offsetSince(since time.Time) (offset int64, err error) {
	first, isKnown, err := f.receivedAfter(0)
	if err != nil || !isKnown {
		return f.Durable, err
	}
	if !first.at.Before(since) {
		return 0, nil
	}
	for low, high := int64(0), f.Durable; ; {
		if high-low <= searchStep {
			return low, nil
		}
		middle := low + (high-low)/2
		next, isKnown, err := f.receivedAfter(middle)
		if err != nil {
			return 0, err
		}
		if isKnown && next.offset < high && next.at.Before(since) {
			low = next.offset
		} else {
			high = middle
		}
	}
}

// receivedLine is a line with a time of receipt.
type receivedLine struct {
	offset int64
	at     time.Time
}

// receivedAfter returns the first line with a time of receipt that begins at an offset, or after it if that is within a line.
func (f File) receivedAfter(offset int64) (found receivedLine, ok bool, err error) {
	lines, err := f.Open(offset)
	if err != nil {
		return found, false, err
	}
	for range searchLines {
		line, err := lines.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return found, false, errors.Join(err, lines.Close())
		}
		// The first line may be the end of one.
		if _, at, isEnvelope := received(line.Text); isEnvelope {
			return receivedLine{line.Offset, at}, true, lines.Close()
		}
	}
	return found, false, lines.Close()
}

// received returns the source and the time of receipt of a line; ok is false for one that has no envelope.
func received(text []byte) (source string, at time.Time, ok bool) {
	var envelope struct {
		ReceivedAt time.Time `json:"received_at"`
		Source     string    `json:"source"`
	}
	ok = json.Unmarshal(text, &envelope) == nil && !envelope.ReceivedAt.IsZero()
	return envelope.Source, envelope.ReceivedAt, ok
}
