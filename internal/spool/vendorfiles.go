package spool

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"callsheet/internal/atomicfile"
	"callsheet/internal/display"
)

// vendorLineFile is a file of lines with what was fetched from a vendor. checkLines returns what is missing, if its lines are intact.
type vendorLineFile struct {
	File
	checkLines func(lines int64) error
}

// vendorLineFiles returns the files of lines in the folder with what was fetched from the vendors: lists, directories and balances. Their
// names begin with vendor/.
func vendorLineFiles(dataDir string) (files []vendorLineFile, err error) {
	lists, err := VendorFiles(dataDir)
	if err != nil {
		return nil, err
	}
	for _, list := range lists {
		list.Name = "vendor/" + list.Source + "/" + list.Name
		files = append(files, vendorLineFile{list.File, list.checkRows})
	}
	for _, name := range []string{"directory.ndjson", "balance.ndjson"} {
		for _, path := range atomicfile.Glob(VendorDir(dataDir), "*/"+name) {
			file, err := FileAt(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			source, check := filepath.Base(filepath.Dir(path)), checkNotEmpty
			if path == directoryPath(dataDir, source) {
				check = func(int64) error { return checkDirectory(dataDir, source) }
			}
			file.Name = "vendor/" + source + "/" + name
			files = append(files, vendorLineFile{file, check})
		}
	}
	slices.SortFunc(files, func(a, b vendorLineFile) int { return cmp.Compare(a.Name, b.Name) })
	return files, nil
}

// checkRows returns an error if a list has other rows than its first line says.
func (f VendorFile) checkRows(lines int64) error {
	header, opened, err := f.OpenList()
	if err != nil {
		return errors.New("the first line does not describe a list of this source and day")
	}
	opened.Close()
	if lines != header.Rows+1 {
		return fmt.Errorf("the list should have %s", display.Plural(int(header.Rows), "row"))
	}
	return nil
}

// checkNotEmpty returns an error for a file without lines: one is written with its first line.
func checkNotEmpty(lines int64) error {
	if lines == 0 {
		return errors.New("the file is empty")
	}
	return nil
}

// RemoveVendorLists removes the lists of days before one (2006-01-02), with the pages of fetches of such days that did not end. It returns
// the number of lists.
func RemoveVendorLists(dataDir, before string) (removed int, err error) {
	lists, err := VendorFiles(dataDir)
	if err != nil {
		return 0, err
	}
	for _, list := range lists {
		if list.Day >= before {
			continue
		}
		if err := atomicfile.RemoveIfExists(atomicfile.OS{}, list.Path); err != nil {
			return removed, err
		}
		removed++
	}
	for _, path := range atomicfile.Glob(VendorDir(dataDir), "*/.*.partial") {
		if day := filepath.Base(path)[1:]; day < before {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return removed, fmt.Errorf("removing the pages of a list: %w", err)
			}
		}
	}
	return removed, nil
}
