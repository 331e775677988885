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
)

// vendorLineFiles returns the files of lines in the folder with what was fetched from the vendors: lists, directories and balances. Their
// names begin with vendor/. rows has how many rows a list should have, by name.
func vendorLineFiles(dataDir string) (files []File, rows map[string]int64, err error) {
	lists, err := VendorFiles(dataDir)
	if err != nil {
		return nil, nil, err
	}
	rows = map[string]int64{}
	for _, list := range lists {
		list.Name = "vendor/" + list.Source + "/" + list.Name
		rows[list.Name] = -1 // its first line is damaged
		if header, lines, err := list.OpenList(); err == nil {
			rows[list.Name] = header.Rows
			lines.Close()
		}
		files = append(files, list.File)
	}
	for _, name := range []string{"directory.ndjson", "balance.ndjson"} {
		paths, _ := filepath.Glob(filepath.Join(VendorDir(dataDir), "*", name)) // the pattern is valid
		for _, path := range paths {
			file, err := FileAt(path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, nil, err
			}
			file.Name = "vendor/" + filepath.Base(filepath.Dir(path)) + "/" + name
			files = append(files, file)
		}
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return files, rows, nil
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
	partials, _ := filepath.Glob(filepath.Join(VendorDir(dataDir), "*", ".*.partial")) // the pattern is valid
	for _, path := range partials {
		if day := filepath.Base(path)[1:]; day < before {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return removed, fmt.Errorf("removing the pages of a list: %w", err)
			}
		}
	}
	return removed, nil
}
