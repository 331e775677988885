package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"callsheet/internal/display"
	"callsheet/store"
)

// print prints a row for each day, and what was imported.
func (r reconciliation) print(w io.Writer) error {
	if len(r.Days) > 0 {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "SOURCE\tDAY\tVENDOR\tHERE\tMISSING\tRECOVERED\tUNKNOWN\tDIFFERING\tVENDOR COINS\tCOINS HERE\tRESULT")
		for _, d := range r.Days {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", d.Source, d.Day, display.Count(d.VendorCalls), display.Count(d.OurCalls),
				display.Count(d.Missing), display.Count(d.Recovered), display.Count(d.UnknownToVendor), display.Count(d.Differing),
				knownCoins(d.VendorCoins), knownCoins(d.OurCoins), resultOf(d))
		}
		if err := table.Flush(); err != nil {
			return err
		}
	}
	for _, imported := range r.Imported {
		var what []string
		if imported.Missing > 0 {
			what = append(what, display.Agree(imported.Missing, "missing call", "missing calls"))
		}
		if imported.Differing > 0 {
			what = append(what, display.Agree(imported.Differing, "call that differed", "calls that differed"))
		}
		text := fmt.Sprintf("\nimported from the list of %s: %s\n", imported.Source, strings.Join(what, " and "))
		if r.canUndo {
			text += "to undo that: callsheet import --undo " + imported.Import + "\n"
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

func knownCoins(coins *float64) string {
	if coins == nil {
		return "unknown"
	}
	return strconv.FormatFloat(*coins, 'f', -1, 64)
}

// resultOf names the result of a day: a running day can only be equal so far, and an empty list of long ago says nothing.
func resultOf(d store.Reconciliation) string {
	switch {
	case d.IsComplete:
		return "complete"
	case d.IsEqual() && d.VendorCalls == 0:
		return "no calls listed"
	case d.IsEqual():
		return "equal so far"
	}
	return "not equal"
}

// differences says what differs in all days together, and what to do.
func (r reconciliation) differences(fixed bool) (lines []string) {
	var missing, unknown, differing, unreadable, days int64
	first, last := "", ""
	for _, d := range r.Days {
		if d.IsEqual() {
			continue
		}
		days++
		missing, unknown, differing, unreadable = missing+d.Missing, unknown+d.UnknownToVendor, differing+d.Differing, unreadable+d.Unreadable
		if first == "" || d.Day < first {
			first = d.Day
		}
		last = max(last, d.Day)
	}
	if days == 0 {
		return nil
	}
	var what []string
	for _, kind := range []struct {
		count     int64
		one, many string
	}{
		{missing, "call is missing here", "calls are missing here"},
		{unknown, "call here is not in the list", "calls here are not in the list"},
		{differing, "call differs", "calls differ"},
		{unreadable, "row of the list cannot be read", "rows of the list cannot be read"},
	} {
		if kind.count > 0 {
			what = append(what, display.Agree(kind.count, kind.one, kind.many))
		}
	}
	period := fmt.Sprintf("--from %s --to %s", first, last)
	lines = append(lines, fmt.Sprintf("%s not equal to the vendor's list: %s", display.Agree(days, "day is", "days are"), strings.Join(what, ", ")))
	if missing+unknown+differing > 0 {
		lines = append(lines, "hint: callsheet query vendor_differences "+period+" shows them call by call")
	}
	switch {
	case missing+differing > 0 && !fixed:
		lines = append(lines, "hint: callsheet reconcile "+period+" --fix imports what is missing or newer in the list")
	case differing > 0:
		lines = append(lines, "hint: what still differs is newer here, or cannot be read in the list; is_newer and difference of that query say which")
	}
	if unknown > 0 {
		lines = append(lines, "hint: ask the vendor about calls that its list does not have; they are kept")
	}
	return lines
}
