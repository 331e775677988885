package queries

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"callsheet/internal/sqltoken"
)

var userQueryName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// User reads the user-defined queries: the .sql files of a folder, none if the folder does not exist. It returns the valid ones
// together with an error for each file that is not.
func User(dir string) ([]File, error) {
	if dir == "" {
		return nil, nil
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		return nil, fmt.Errorf("queries of %s: %w", dir, err)
	}
	var list []File
	var errs []error
	for _, path := range paths {
		file, err := userFile(path)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
			continue
		}
		list = append(list, file)
	}
	return list, errors.Join(errs...)
}

func userFile(path string) (File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	file := File{Name: strings.TrimSuffix(filepath.Base(path), ".sql"), SQL: string(text), Path: path}
	switch {
	case !userQueryName.MatchString(file.Name):
		return file, errors.New("the name of a query is lower-case letters, digits and _\nhint: rename the file, as in my_query.sql")
	case strings.Trim(sqltoken.StripComments(file.SQL), "; \t\r\n") == "":
		return file, errors.New("the file has no statement")
	case slices.Contains(builtInMacros(), file.Name):
		return file, fmt.Errorf("%s is the name of a built-in macro\nhint: rename the file", file.Name)
	}
	return file, nil
}

// builtInMacros returns the names of the macros that the built-in queries depend on.
func builtInMacros() []string {
	var names []string
	for _, folder := range []string{"base", "metrics"} {
		for _, file := range Files(folder) {
			for _, match := range definition.FindAllStringSubmatch(file.SQL, -1) {
				names = append(names, match[1])
			}
		}
	}
	return names
}

var errorLine = regexp.MustCompile(`(?s)\n+LINE (\d+): (.*)\n( *)\^`)

// Explain prefixes an error of DuckDB with the file's path and, where the message shows an excerpt with a mark below it, line
// and column: queries/late.sql:3:14: ….
func (f File) Explain(err error) error {
	if err == nil || f.Path == "" {
		return err
	}
	message := err.Error()
	match := errorLine.FindStringSubmatchIndex(message)
	if match == nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	number, excerpt, mark := message[match[2]:match[3]], message[match[4]:match[5]], match[7]-match[6]
	location := f.Path + ":" + number
	line, _ := strconv.Atoi(number)
	mark -= len("LINE : ") + len(number)
	if lines := strings.Split(f.SQL, "\n"); line <= len(lines) {
		// DuckDB shortens a long line and puts "..." where it is cut.
		start := strings.Index(lines[line-1], strings.Trim(excerpt, "."))
		if strings.HasPrefix(excerpt, "...") {
			mark -= len("...")
		}
		if start >= 0 && mark >= 0 {
			location += ":" + strconv.Itoa(start+mark+1)
		}
	}
	return fmt.Errorf("%s: %s", location, strings.TrimSpace(message[:match[0]]))
}
