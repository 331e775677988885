package vendor

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"iter"
	"os"
	"time"

	"callsheet/internal/atomicfile"
)

// maxAge is how long the pages of an interrupted fetch are of use.
const maxAge = 24 * time.Hour

// fetchHeader is the first line of a file with pages.
type fetchHeader struct {
	URL     string    `json:"url"`
	PerPage int       `json:"per_page"`
	Started time.Time `json:"started_at"`
}

func (a *account) newHeader() fetchHeader { return fetchHeader{a.URL, a.PerPage, a.now()} }

// continues reports whether the pages of an earlier attempt for a day can be used by one that starts now. Those of a day that was not
// over yet are of no use on a later one.
func (h fetchHeader) continues(earlier fetchHeader, day string) bool {
	age := h.Started.Sub(earlier.Started)
	date, earlierDate := h.Started.Format(time.DateOnly), earlier.Started.In(h.Started.Location()).Format(time.DateOnly)
	return h.URL == earlier.URL && h.PerPage == earlier.PerPage && age >= 0 && age < maxAge && (earlierDate > day || earlierDate == date)
}

// partial has the pages that were read of a list: one line each, appended to a file, so that an interrupted fetch can go on. Of the rows
// with one key, the one that was read last counts.
type partial struct {
	fetchHeader
	file *os.File
	next int   // number of the next page
	size int64 // rows of the largest page

	total  int64            // by the last page
	lines  int              // rows in the file
	newest map[string]int32 // the last of the rows with a key, by their place in the file
}

// openPartial opens the file with the pages of an earlier attempt, or begins it.
func openPartial(path, day string, now fetchHeader) (*partial, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	p := &partial{file: file}
	if p.resume(day, now) {
		return p, nil
	}
	if err := p.begin(now); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return p, nil
}

// removeStale removes pages that are of no use any more.
func removeStale(dir string, now time.Time) (err error) {
	for _, path := range atomicfile.Glob(dir, ".*.partial") {
		if info, statErr := os.Stat(path); statErr == nil && now.Sub(info.ModTime()) > maxAge {
			err = errors.Join(err, atomicfile.RemoveIfExists(atomicfile.OS{}, path))
		}
	}
	return err
}

// begin starts without pages.
func (p *partial) begin(now fetchHeader) error {
	p.reset(now)
	if err := p.file.Truncate(0); err != nil {
		return err
	}
	if _, err := p.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return p.write(now)
}

func (p *partial) reset(now fetchHeader) {
	*p = partial{file: p.file, fetchHeader: now, next: 1, size: 1, newest: map[string]int32{}}
}

func (p *partial) write(value any) error {
	line, err := json.Marshal(value)
	if err != nil {
		return err
	}
	_, err = p.file.Write(append(line, '\n'))
	return err
}

// resume reads the pages of an earlier attempt. It reports false if they are of no use.
func (p *partial) resume(day string, now fetchHeader) bool {
	reader, end := bufio.NewReader(p.file), int64(0)
	first, err := reader.ReadBytes('\n')
	var earlier fetchHeader
	if err != nil || json.Unmarshal(first, &earlier) != nil || !now.continues(earlier, day) {
		return false
	}
	p.reset(earlier)
	for end = int64(len(first)); ; {
		line, err := reader.ReadBytes('\n')
		var read page
		if err != nil || json.Unmarshal(line, &read) != nil {
			break // what a killed process left of its last page is read again
		}
		p.count(read)
		end += int64(len(line))
	}
	if p.file.Truncate(end) != nil {
		return false
	}
	_, err = p.file.Seek(end, io.SeekStart)
	return err == nil && p.next > 1
}

// add keeps a page.
func (p *partial) add(read page) error {
	read.Number = p.next
	if err := p.write(read); err != nil {
		return err
	}
	p.count(read)
	return nil
}

func (p *partial) count(read page) {
	for _, r := range read.Rows {
		p.newest[r.Key] = int32(p.lines)
		p.lines++
	}
	p.total, p.next, p.size = read.Total, read.Number+1, max(p.size, int64(len(read.Rows)))
}

// rows returns the number of distinct rows.
func (p *partial) rows() int64 { return int64(len(p.newest)) }

// isWhole reports whether the pages have every row.
func (p *partial) isWhole() bool { return p.next > 1 && p.rows() == p.total }

// payloads yields each row once.
func (p *partial) payloads() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if _, err := p.file.Seek(0, io.SeekStart); err != nil {
			yield(nil, err)
			return
		}
		reader, place := bufio.NewReader(p.file), int32(0)
		for isFirst := true; ; isFirst = false {
			line, err := reader.ReadBytes('\n')
			if errors.Is(err, io.EOF) && len(line) == 0 {
				return
			}
			var read page
			if err == nil && !isFirst {
				err = json.Unmarshal(bytes.TrimSpace(line), &read)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range read.Rows {
				if p.newest[r.Key] == place && !yield(r.Payload, nil) {
					return
				}
				place++
			}
		}
	}
}

func (p *partial) close() error {
	if err := p.file.Close(); !errors.Is(err, fs.ErrClosed) {
		return err
	}
	return nil
}

// remove removes the file.
func (p *partial) remove() error {
	return errors.Join(p.close(), atomicfile.RemoveIfExists(atomicfile.OS{}, p.file.Name()))
}
