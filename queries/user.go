package queries

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"callsheet/internal/lazyregexp"
	"callsheet/internal/sqltoken"
)

var userQueryName = lazyregexp.New(`^[a-z][a-z0-9_]*$`)

// User reads the user-defined queries: the .sql files of a folder, none if the folder does not exist. Err of a file says why it cannot be
// used. A folder that cannot be read is a file with an Err, too.
func User(dir string) []File {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []File{{Name: filepath.Base(dir), Path: dir, Err: err, Misnamed: true}}
	}
	var list []File
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), ".sql")
		if !ok || strings.HasPrefix(name, ".") { // of an editor
			continue
		}
		file := Read(filepath.Join(dir, entry.Name()))
		file.Name = name
		if err := checkName(name); err != nil {
			file.Err, file.Misnamed = err, true
		}
		list = append(list, file)
	}
	return list
}

// notText returns the offset of the first byte that is not text in UTF-8, or -1.
func notText(text string) int {
	for i, r := range text {
		if _, size := utf8.DecodeRuneInString(text[i:]); r == 0 || r == utf8.RuneError && size == 1 {
			return i
		}
	}
	return -1
}

// Problems returns an error for each file that cannot be used.
func Problems(list []File) error {
	var errs []error
	for _, file := range list {
		errs = append(errs, file.Explain(file.Err))
	}
	return errors.Join(errs...)
}

func checkName(name string) error {
	switch {
	case !userQueryName().MatchString(name):
		return errors.New("the name of a query is lower-case letters, digits and _\nhint: rename the file, as in my_query.sql")
	case slices.Contains(fixedQueries, name):
		return fmt.Errorf("callsheet itself uses its query %s, which cannot be replaced\nhint: rename the file", name)
	case slices.Contains(builtInMacros(), name):
		return fmt.Errorf("%s is the name of a built-in macro\nhint: rename the file", name)
	case isTableFunction(name) && !isBuiltIn(name):
		return fmt.Errorf("%s is the name of a function of DuckDB\nhint: rename the file", name)
	}
	return nil
}

func isBuiltIn(name string) bool {
	return slices.ContainsFunc(Files("named"), func(f File) bool { return f.Name == name })
}

// fixedQueries are the built-in queries that commands read by position: status, check and the scheduler depend on them.
var fixedQueries = []string{
	"balance", "completeness", "completeness_days", "content", "damaged_lines", "data_clock", "events", "freshness", "is_restated", "problems",
	"recomputations", "rejected", "restated", "settings", "silence", "unconfigured_sources", "unknown_words",
}

// maxFileSize is far more than anybody writes by hand.
const maxFileSize = 1 << 20

// Read reads SQL that a user wrote. Err of the result says why it is no text.
func Read(path string) File {
	file := File{Path: path}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		file.Err = err
	case !info.Mode().IsRegular(): // reading a pipe would wait for its writer
		file.Err = errors.New("this is not a file\nhint: a query is a text file")
	case info.Size() > maxFileSize:
		file.Err = errors.New("the file is larger than 1 MB\nhint: a query is a single SELECT")
	}
	if file.Err != nil {
		return file
	}
	text, err := os.ReadFile(path)
	file.SQL = strings.TrimPrefix(string(text), "\ufeff") // which editors on Windows write
	switch {
	case err != nil:
		file.Err = err
	case notText(file.SQL) >= 0:
		file.Err = &Error{notText(file.SQL), "the file is not text in UTF-8\nhint: save it with the encoding UTF-8"}
	case strings.Trim(sqltoken.StripComments(file.SQL), "; \t\r\n") == "":
		file.Err = errors.New("the file has no statement")
	}
	return file
}

// builtInMacros returns the names of the macros that the built-in queries depend on.
var builtInMacros = sync.OnceValue(func() []string {
	var names []string
	for _, folder := range []string{"base", "metrics"} {
		for _, file := range Files(folder) {
			for _, match := range definition().FindAllStringSubmatch(file.SQL, -1) {
				names = append(names, match[1])
			}
		}
	}
	return names
})

// An Error is a problem at a place in a text.
type Error struct {
	Offset int // bytes from the beginning of the text; negative when unknown
	Text   string
}

func (e *Error) Error() string { return e.Text }

var errorLine = lazyregexp.New(`(?s)\n+LINE (\d+): (.*)\n( *)\^`)

// Explain prefixes an error with the file's path and, where it has a place or is one of DuckDB that shows an excerpt with a mark below it,
// line and column: queries/late.sql:3:14: ….
func (f File) Explain(err error) error {
	if err == nil || f.Path == "" || strings.HasPrefix(err.Error(), f.Path) {
		return err
	}
	if at := (*Error)(nil); errors.As(err, &at) && at.Offset >= 0 && at.Offset <= len(f.SQL) {
		before := f.SQL[:at.Offset]
		line := before[strings.LastIndexByte(before, '\n')+1:]
		return fmt.Errorf("%s:%d:%d: %w", f.Path, strings.Count(before, "\n")+1, utf8.RuneCountInString(line)+1, err)
	}
	message := err.Error()
	match := errorLine().FindStringSubmatchIndex(message)
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
	return fmt.Errorf("%s: %s", location, strings.TrimSpace(message[:match[0]]+message[match[1]:]))
}
