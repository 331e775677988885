package spool

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/display"
)

// The kinds of entries of a vendor's directory.
const (
	DirectoryAgent  = "agent"
	DirectoryGroup  = "group"
	DirectoryNumber = "number"
)

// directorySync is the kind of the line that ends each sync.
const directorySync = "sync"

// DirectoryEntry is an agent, a group or a virtual number as the vendor lists it. Entries are compared by all their values, so an agent
// with two numbers is two entries, and an entry that changed is another one.
type DirectoryEntry struct {
	Kind     string `json:"kind"`
	ID       string `json:"id"`                  // the vendor's, of the kind
	Name     string `json:"name,omitempty"`      // of an agent or a group
	Number   string `json:"number,omitempty"`    // the phone of an agent, or a virtual number
	NumberID string `json:"number_id,omitempty"` // the id of the virtual number of a group
}

// DirectoryChange is an entry that a sync found new or gone.
type DirectoryChange struct {
	DirectoryEntry
	Source     string    `json:"source"`
	FetchedAt  time.Time `json:"fetched_at"`
	PreviousAt time.Time `json:"previous_at,omitzero"` // when the sync before fetched it; zero for the first one
	IsListed   bool      `json:"is_listed"`
}

// Directory is the history of a vendor's directory.
type Directory struct {
	Source  string
	Changes []DirectoryChange
	LastAt  time.Time // of the last sync; zero if there was none
	Damage  error     // the first line that cannot be read, which is skipped, or that lines are missing

	path    string
	content []byte
}

// directoryLine is a line of the file data_dir/vendor/SOURCE/directory.ndjson. The file is only appended to: each sync adds a line for
// every entry that is new or gone, and a last one of the kind sync. All have the same fetched_at, later than that of the sync before,
// and end with a checksum as the lines of the spool do.
type directoryLine struct {
	FetchedAt string `json:"fetched_at"`
	Source    string `json:"source"`
	DirectoryEntry
	Listed *bool `json:"listed,omitempty"`
	Lines  int   `json:"lines,omitempty"` // of the sync that this line ends; 0 in those of earlier versions
}

func directoryPath(dataDir, source string) string {
	return filepath.Join(VendorDir(dataDir), source, "directory.ndjson")
}

// ReadDirectories reads the directories in a data folder, by source.
func ReadDirectories(dataDir string) ([]*Directory, error) {
	sources, err := vendorSources(dataDir)
	if err != nil {
		return nil, err
	}
	var found []*Directory
	for _, source := range sources {
		directory, err := ReadDirectory(dataDir, source)
		if err != nil {
			return nil, err
		}
		found = append(found, directory)
	}
	return found, nil
}

// ReadDirectory reads the directory of a source, which is empty if there was no sync.
func ReadDirectory(dataDir, source string) (*Directory, error) {
	d := &Directory{Source: source, path: directoryPath(dataDir, source)}
	var err error
	switch d.content, err = os.ReadFile(d.path); {
	case errors.Is(err, fs.ErrNotExist):
		return d, nil
	case err != nil:
		return nil, err
	}
	var previous time.Time
	number, unfinished := int64(0), 0 // lines since the one that ended a sync
	damaged := func(err error) {
		if d.Damage == nil {
			d.Damage = fmt.Errorf("%s, line %d: %w", d.path, number, err)
		}
	}
	for text := range bytes.Lines(d.content) {
		number++
		line, at, err := parseDirectoryLine(bytes.TrimSuffix(text, []byte("\n")), source)
		if err != nil {
			damaged(err)
			continue
		}
		if at.After(d.LastAt) {
			previous, d.LastAt = d.LastAt, at
		}
		unfinished++
		if line.Kind != directorySync {
			d.Changes = append(d.Changes, DirectoryChange{line.DirectoryEntry, source, at, previous, *line.Listed})
			continue
		}
		if line.Lines > 0 && unfinished != line.Lines {
			damaged(fmt.Errorf("the sync should have %s", display.Plural(line.Lines, "line")))
		}
		unfinished = 0
	}
	if err := checkNotEmpty(number); err != nil {
		d.Damage = fmt.Errorf("%s: %w", d.path, err)
	}
	if unfinished > 0 {
		damaged(errors.New("the line that ends the sync is missing"))
	}
	return d, nil
}

// checkDirectory returns what is damaged in the directory of a source.
func checkDirectory(dataDir, source string) error {
	d, err := ReadDirectory(dataDir, source)
	if err != nil {
		return err
	}
	return errors.Unwrap(d.Damage) // without the path
}

func parseDirectoryLine(text []byte, source string) (line directoryLine, at time.Time, err error) {
	if err = CheckLine(text); err != nil {
		return line, at, err
	}
	if err = json.Unmarshal(text, &line); err != nil {
		return line, at, err
	}
	if at, err = time.Parse(time.RFC3339Nano, line.FetchedAt); err != nil {
		return line, at, err
	}
	switch {
	case line.Source != source:
		err = fmt.Errorf("it is of source %q", line.Source)
	case line.Kind != directorySync && line.Listed == nil:
		err = errors.New(`"listed" is missing`)
	case !slices.Contains([]string{DirectoryAgent, DirectoryGroup, DirectoryNumber, directorySync}, line.Kind):
		err = fmt.Errorf("unknown kind %q", line.Kind)
	}
	return line, at, err
}

// Entries returns what is listed since the last sync.
func (d *Directory) Entries() []DirectoryEntry {
	listed := map[DirectoryEntry]bool{}
	for _, change := range d.Changes {
		if listed[change.DirectoryEntry] = change.IsListed; !change.IsListed {
			delete(listed, change.DirectoryEntry)
		}
	}
	return sortedEntries(listed)
}

// Sync appends what has changed since the last sync, and returns it. The caller vouches that entries are all that the vendor lists, and
// is the only one who writes the file.
func (d *Directory) Sync(entries []DirectoryEntry, fetchedAt time.Time) (added, gone []DirectoryEntry, err error) {
	listed, before := map[DirectoryEntry]bool{}, map[DirectoryEntry]bool{}
	for _, entry := range entries {
		listed[entry] = true
	}
	for _, entry := range d.Entries() {
		before[entry] = true
		if !listed[entry] {
			gone = append(gone, entry)
		}
	}
	for _, entry := range sortedEntries(listed) {
		if !before[entry] {
			added = append(added, entry)
		}
	}
	if fetchedAt = fetchedAt.Truncate(time.Microsecond); !fetchedAt.After(d.LastAt) { // the clock was set back
		fetchedAt = d.LastAt.Add(time.Microsecond)
	}
	content := slices.Clone(d.content)
	if len(content) > 0 && !bytes.HasSuffix(content, []byte("\n")) {
		content = append(content, '\n')
	}
	add := func(entry DirectoryEntry, isListed *bool, lines int) {
		begin := len(content)
		text, _ := json.Marshal(directoryLine{fetchedAt.Format(receivedFormat), d.Source, entry, isListed, lines}) // strings never fail
		content = append(content, text[:len(text)-1]...)
		content = append(appendChecksum(content, begin), '\n')
	}
	is, isNot := true, false
	for _, entry := range gone {
		add(entry, &isNot, 0)
	}
	for _, entry := range added {
		add(entry, &is, 0)
	}
	add(DirectoryEntry{Kind: directorySync}, nil, len(gone)+len(added)+1)
	if err := os.MkdirAll(filepath.Dir(d.path), 0o700); err != nil {
		return nil, nil, err
	}
	return added, gone, atomicfile.WriteFile(atomicfile.OS{}, d.path, content)
}

func sortedEntries(set map[DirectoryEntry]bool) []DirectoryEntry {
	entries := make([]DirectoryEntry, 0, len(set))
	for entry := range set {
		entries = append(entries, entry)
	}
	slices.SortFunc(entries, func(a, b DirectoryEntry) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Number, b.Number),
			cmp.Compare(a.NumberID, b.NumberID))
	})
	return entries
}
