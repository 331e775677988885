package spool

import (
	"strings"
	"unicode"
)

// nothingWords are the texts that mean no value, in upper case, as in is_nothing of queries/base/clean.sql.
var nothingWords = map[string]bool{
	"": true, "0": true, "-": true, "--": true, "---": true, "–": true, "—": true, "N/A": true, "#N/A": true, "NA": true, "NAN": true, "NULL": true,
	"(NULL)": true, `\N`: true, "NONE": true, "UNDEFINED": true, "NOT ASSIGNED": true,
}

// IsNothing reports whether a text means no value: the vendor's "0" and "Not Assigned", and what panels, spreadsheets and programs write.
func IsNothing(text string) bool { return nothingWords[strings.ToUpper(TrimBlanks(text))] }

// TrimBlanks removes spaces, line ends and invisible marks around a text.
func TrimBlanks(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || unicode.In(r, unicode.Z, unicode.C) })
}
