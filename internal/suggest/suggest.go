// Package suggest finds the name that a person probably meant.
package suggest

import (
	"fmt"
	"slices"
	"strings"
)

// maxCandidates bounds the names that are compared: a store can have a million agents' numbers.
const maxCandidates = 10_000

// Nearest returns the candidate that is spelled most like word, empty if none is near: the one that differs only in case, else that
// with the fewest edits, else one that begins like it, else that with the nearest part, such as call_group for grup.
func Nearest(word string, candidates []string) string {
	if i := slices.IndexFunc(candidates, func(c string) bool { return strings.EqualFold(c, word) }); i >= 0 {
		return candidates[i]
	}
	candidates = candidates[:min(len(candidates), maxCandidates)]
	limit := (len([]rune(word))+1)/3 + 1
	best, fewest := "", limit
	for _, candidate := range candidates {
		if n := edits(word, candidate); n < fewest {
			best, fewest = candidate, n
		}
	}
	if best != "" {
		return best
	}
	const shortest = 3
	for _, candidate := range candidates {
		a, b := strings.ToLower(word), strings.ToLower(candidate)
		if min(len(a), len(b)) >= shortest && (strings.HasPrefix(a, b) || strings.HasPrefix(b, a)) {
			return candidate
		}
	}
	for _, candidate := range candidates {
		for part := range strings.FieldsFuncSeq(candidate, func(r rune) bool { return strings.ContainsRune("_- .", r) }) {
			if n := edits(word, part); n < fewest {
				best, fewest = candidate, n
			}
		}
	}
	return best
}

// Hint returns the hint of an error about an unknown name: the nearest choice, else all of them after intro, as in "the queries are",
// or nothing if intro is empty.
func Hint(word string, choices []string, intro string) string {
	if near := Nearest(word, choices); near != "" {
		return fmt.Sprintf("\nhint: did you mean %q?", near)
	}
	if len(choices) == 0 || intro == "" {
		return ""
	}
	return fmt.Sprintf("\nhint: %s %s", intro, strings.Join(choices, ", "))
}

// edits returns the number of letters to insert, delete, replace or swap with their neighbour, in any case.
func edits(a, b string) int {
	s, t := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	previous, row := make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		before := previous
		previous, row = row, make([]int, len(t)+1)
		row[0] = i + 1
		for j := range t {
			cost := 1
			if s[i] == t[j] {
				cost = 0
			}
			row[j+1] = min(previous[j]+cost, previous[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(t)]
}
