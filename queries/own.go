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
)

var ownName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// Own reads the user's own named queries, the .sql files of a folder; a folder that is not there has none. A file that cannot
// be one is an error beside those that can.
func Own(dir string) ([]File, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		return nil, fmt.Errorf("queries of %s: %w", dir, err)
	}
	var list []File
	var errs []error
	for _, path := range paths {
		file, err := ownFile(path)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", path, err))
			continue
		}
		list = append(list, file)
	}
	return list, errors.Join(errs...)
}

func ownFile(path string) (File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	file := File{Name: strings.TrimSuffix(filepath.Base(path), ".sql"), SQL: string(text), Path: path}
	switch {
	case !ownName.MatchString(file.Name):
		return file, errors.New("the name of a query is small letters, digits and _\nhint: rename the file, as in my_query.sql")
	case strings.TrimSpace(comment.ReplaceAllString(file.SQL, "")) == "":
		return file, errors.New("there is no statement in it")
	case slices.Contains(macros(), file.Name):
		return file, fmt.Errorf("%s is a macro that our queries are made of\nhint: rename the file", file.Name)
	}
	return file, nil
}

// macros are the names that our own SQL defines and stands on.
func macros() []string {
	var names []string
	for _, folder := range []string{"base", "metrics"} {
		for _, file := range In(folder) {
			for _, match := range definition.FindAllStringSubmatch(file.SQL, -1) {
				names = append(names, match[1])
			}
		}
	}
	return names
}

var errorLine = regexp.MustCompile(`(?s)\n+LINE (\d+): (.*)\n( *)\^`)

// Explain puts a file's path, and the line and column that DuckDB's message shows with an excerpt and a mark below it, before
// the message: queries/late.sql:3:14: ….
func (f File) Explain(err error) error {
	if err == nil || f.Path == "" {
		return err
	}
	message := err.Error()
	at := errorLine.FindStringSubmatchIndex(message)
	if at == nil {
		return fmt.Errorf("%s: %w", f.Path, err)
	}
	number, excerpt, mark := message[at[2]:at[3]], message[at[4]:at[5]], at[7]-at[6]
	place := f.Path + ":" + number
	line, _ := strconv.Atoi(number)
	mark -= len("LINE : ") + len(number)
	if lines := strings.Split(f.SQL, "\n"); line <= len(lines) {
		// A long line is shown in part, with three dots where it is cut.
		from := strings.Index(lines[line-1], strings.Trim(excerpt, "."))
		if strings.HasPrefix(excerpt, "...") {
			mark -= len("...")
		}
		if from >= 0 && mark >= 0 {
			place += ":" + strconv.Itoa(from+mark+1)
		}
	}
	return fmt.Errorf("%s: %s", place, strings.TrimSpace(message[:at[0]]))
}
