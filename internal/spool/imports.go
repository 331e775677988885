package spool

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
)

// ImportRecord describes an import. It is written beside the imported file.
type ImportRecord struct {
	ID         string           `json:"id"`
	Files      []string         `json:"files"` // as given; - is standard input
	ImportedAt time.Time        `json:"imported_at"`
	ReportedAt time.Time        `json:"reported_at"` // when the export was made
	Rows       map[string]int64 `json:"rows"`        // by source
	Calls      int64            `json:"calls"`
	FirstDay   string           `json:"first_day,omitempty"` // of the calls, as the vendor's local day
	LastDay    string           `json:"last_day,omitempty"`
	// How many rows were left out because another import has them, by its id. Undoing that import would lose them.
	Needs map[string]int64 `json:"needs,omitempty"`
}

// Count counts a row, and its call if the row is the first of it.
func (r *ImportRecord) Count(source string, first bool) {
	if r.Rows == nil {
		r.Rows = map[string]int64{}
	}
	r.Rows[source]++
	if first {
		r.Calls++
	}
}

// Skip counts a row that was left out because the import with an id has it; no import if the id is empty.
func (r *ImportRecord) Skip(id string) {
	if id == "" {
		return
	}
	if r.Needs == nil {
		r.Needs = map[string]int64{}
	}
	r.Needs[id]++
}

// Lines returns the number of imported rows.
func (r ImportRecord) Lines() (sum int64) {
	for _, rows := range r.Rows {
		sum += rows
	}
	return sum
}

func recordPath(dir, id string) string { return filepath.Join(dir, id+".json") }

func (r ImportRecord) write(dir string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(atomicfile.OS{}, recordPath(dir, r.ID), append(text, '\n'))
}

// ImportID returns the id of the import that wrote the file; ok is false for the file of a collector or another program.
func (f File) ImportID() (id string, ok bool) {
	id = strings.TrimSuffix(f.Name, ".ndjson")
	rest, ok := strings.CutPrefix(strings.TrimPrefix(id, id[:min(len(id), len(time.DateOnly))]), ".import-")
	return id, ok && isDay(id) && len(rest) == len("150405000000") && strings.Trim(rest, "0123456789") == ""
}

// Imports returns the records of the imports in a spool folder, oldest first. An import by an older version has no record; its lines
// are counted.
func Imports(dir string) ([]ImportRecord, error) {
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	files, err := List(dir)
	if err != nil {
		return nil, err
	}
	var imports []ImportRecord
	for _, file := range files {
		id, ok := file.ImportID()
		if !ok {
			continue
		}
		record, err := readRecord(dir, file, id)
		if err != nil {
			return nil, err
		}
		imports = append(imports, record)
	}
	slices.SortStableFunc(imports, func(a, b ImportRecord) int {
		return cmp.Or(a.ImportedAt.Compare(b.ImportedAt), strings.Compare(a.ID, b.ID))
	})
	return imports, nil
}

func readRecord(dir string, file File, id string) (record ImportRecord, err error) {
	text, err := os.ReadFile(recordPath(dir, id))
	if err == nil {
		err = json.Unmarshal(text, &record)
		record.ID = id
		if err != nil {
			err = fmt.Errorf("%s: %w", recordPath(dir, id), err)
		}
		return record, err
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return record, err
	}
	record = ImportRecord{ID: id, ImportedAt: file.ModTime}
	reader, err := file.Open(0)
	if err != nil {
		return record, err
	}
	defer reader.Close()
	for {
		switch line, err := reader.Next(); {
		case errors.Is(err, io.EOF):
			return record, nil
		case err != nil:
			return record, err
		case len(line.Text) > 0:
			record.Count("", false)
		}
	}
}
