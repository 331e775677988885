package display

import (
	"fmt"
	"strings"

	"callsheet/internal/lazyregexp"
)

// groupedFiles is how many messages about files are listed, before those that say the same become one.
const groupedFiles = 3

var digits = lazyregexp.New(`[0-9]+`)

// GroupFiles joins messages that each begin with the name of a spool file, in the order of the names, and say the same but for numbers: of more than a
// few, only the first is shown, with the number and the names of the others. Other messages stay as they are.
func GroupFiles(messages []string) (grouped []string) {
	names := map[string][]string{} // by what is said of them
	for _, message := range messages {
		name, says := cutName(message)
		names[says] = append(names[says], name)
	}
	for _, message := range messages {
		name, says := cutName(message)
		switch same := names[says]; {
		case name == "" || len(same) <= groupedFiles:
			grouped = append(grouped, message)
		case name == same[0]:
			grouped = append(grouped, fmt.Sprintf("%s; the same of %s more files, %s to %s", message, Count(int64(len(same)-1)), same[1], same[len(same)-1]))
		}
	}
	return grouped
}

// cutName returns the name of the spool file at the beginning of a message, and the rest without numbers.
func cutName(message string) (name, says string) {
	name, says, _ = strings.Cut(message, " ")
	if !strings.Contains(name, ".ndjson") {
		return "", message
	}
	return name, digits().ReplaceAllString(says, "")
}
