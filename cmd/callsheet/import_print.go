package main

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/importer"
	"callsheet/store"
)

// printImports prints the results of the imports, or with --dry-run the expected ones; added says which are in the spool now. Rejected rows
// are a warning.
func (a *app) printImports(imports []*importer.Importer, added []bool, dryRun bool) error {
	for n, i := range imports {
		a.printImport(i, added[n], dryRun)
	}
	if slices.Contains(added, true) {
		fmt.Fprintln(a.stdout, "next: callsheet load")
	}
	return rejectedRows(imports)
}

// printImport prints the result of an import, or with --dry-run the expected one.
func (a *app) printImport(i *importer.Importer, added, dryRun bool) {
	report := i.Report
	if dryRun || report.HasExtra() {
		a.printColumns(report)
	}
	if dryRun {
		a.printFirstCalls(i.Calls)
	}
	a.printDays(i.Calls)
	fmt.Fprintf(a.stdout, "%s: %s = %s imported + %s in the spool already + %s rejected + %s skipped\n", display.Escape(report.Path),
		display.Plural(int(report.Rows), "row"), display.Count(report.Imported), display.Count(report.Known), display.Count(report.Rejected), display.Count(report.Skipped))
	if len(report.UnreadSheets) > 0 {
		fmt.Fprintf(a.stdout, "  not read: the sheets %s; --sheet names one\n", display.Escape(strings.Join(report.UnreadSheets, ", ")))
	}
	for _, skipped := range report.Skips {
		fmt.Fprintf(a.stdout, "  skipped: %s: %s\n", display.Escape(skipped.Place), skipped.Reason)
	}
	switch {
	case dryRun:
		fmt.Fprintf(a.stdout, "nothing was written: leave out --dry-run to import\n")
	case added:
		fmt.Fprintf(a.stdout, "%s imported as %s, %s were in the spool already\n",
			display.Plural(int(report.Imported), "delivery"), i.Into.ID(), display.Count(report.Known))
	case report.Rows == 0:
		fmt.Fprintf(a.stdout, "nothing imported: %s has no rows\n", display.Escape(report.Path))
	case report.Known == 0:
		fmt.Fprintln(a.stdout, "nothing imported")
	default:
		fmt.Fprintf(a.stdout, "nothing new: %s in the spool already\n", display.Plural(int(report.Known), "delivery"))
	}
}

// rejectedRows returns the rejected rows as a warning, each with its place, and the hints that fit.
func rejectedRows(imports []*importer.Importer) error {
	var count int64
	var lines, hints []string
	for _, i := range imports {
		count += i.Report.Rejected
		for _, reject := range i.Report.Rejects {
			lines = append(lines, reject.Place+": "+reject.Reason)
			if hint := "hint: " + reject.Hint; reject.Hint != "" && !slices.Contains(hints, hint) {
				hints = append(hints, hint)
			}
		}
	}
	if count == 0 {
		return nil
	}
	if more := count - int64(len(lines)); more > 0 {
		lines = append(lines, fmt.Sprintf("and %s more", display.Count(more)))
	}
	lines = append(lines, hints...)
	return exitcode.WarningError(errors.New(display.Plural(int(count), "row") + " could not be read:\n" + strings.Join(lines, "\n")))
}

// printColumns prints how the columns of a table are read.
func (a *app) printColumns(file importer.Report) {
	if len(file.Columns) == 0 {
		return
	}
	fmt.Fprintf(a.stdout, "%s: columns\n", display.Escape(file.Path))
	var extra []string
	for _, column := range file.Columns {
		switch {
		case column.Field == "" && column.Heading != "":
			extra = append(extra, column.Heading)
		case column.Field != "":
			fmt.Fprintf(a.stdout, "  %-24s %s\n", column.Field, display.Escape(column.Heading))
		}
	}
	if len(extra) > 0 {
		fmt.Fprintf(a.stdout, "  %-24s %s\n", "no field (kept in extra)", display.Escape(strings.Join(extra, ", ")))
	}
	switch file.DateOrder {
	case "dmy":
		fmt.Fprintln(a.stdout, "  dates have the day first")
	case "mdy":
		fmt.Fprintln(a.stdout, "  dates have the month first")
	}
}

// printFirstCalls prints the first rows as calls.
func (a *app) printFirstCalls(preview store.PreviewSummary) {
	if len(preview.First) == 0 {
		return
	}
	fmt.Fprintln(a.stdout, "first calls")
	for _, call := range preview.First {
		parts := []string{call.StartedAt.Format("2006-01-02 15:04:05"), call.Direction, call.Outcome,
			"talk " + talkText(call.TalkSeconds), "coins " + coinsText(call.Coins)}
		for _, part := range [][2]string{{"customer ", call.Customer}, {"number ", call.VirtualNumber}, {"agent ", call.Agent}, {"group ", call.Group}, {"flags: ", call.Flags}} {
			if part[1] != "" {
				parts = append(parts, part[0]+part[1])
			}
		}
		fmt.Fprintf(a.stdout, "  %s\n", display.Escape(strings.Join(parts, ", ")))
	}
}

func talkText(seconds sql.NullInt64) string {
	if !seconds.Valid {
		return "unknown"
	}
	return display.Count(seconds.Int64) + " s"
}

// coinsText formats coins, which are unknown where none were sent. They have four decimals.
func coinsText(coins sql.NullFloat64) string {
	if !coins.Valid {
		return "unknown"
	}
	return strconv.FormatFloat(math.Round(coins.Float64*1e4)/1e4, 'f', -1, 64)
}

// printDays prints the calls by day, and how many of them the database has.
func (a *app) printDays(preview store.PreviewSummary) {
	const listed = 31
	for _, day := range preview.Days[:min(listed, len(preview.Days))] {
		a.printDay(day.Day.Format(time.DateOnly), day)
	}
	if len(preview.Days) > listed {
		fmt.Fprintf(a.stdout, "and %s\n", display.Plural(len(preview.Days)-listed, "more day"))
	}
	if len(preview.Days) == 0 {
		return
	}
	if len(preview.Days) != 1 {
		a.printDay(display.Plural(len(preview.Days), "day"), preview.Total)
	}
	var flags []string
	for _, flag := range preview.Flags {
		flags = append(flags, flag.Flag+" "+display.Count(flag.Calls))
	}
	if len(flags) > 0 {
		fmt.Fprintf(a.stdout, "calls with a flag: %s\n", strings.Join(flags, ", "))
	}
	if preview.Known < 0 {
		return
	}
	fmt.Fprintf(a.stdout, "%s in the database already", display.Agree(preview.Known, "of these calls is", "of these calls are"))
	var differ []string
	for _, column := range slices.Sorted(maps.Keys(preview.Differ)) {
		differ = append(differ, fmt.Sprintf("%s in %s", display.Count(preview.Differ[column]), column))
	}
	if len(differ) > 0 {
		fmt.Fprintf(a.stdout, "; values that differ: %s", strings.Join(differ, ", "))
	}
	fmt.Fprintln(a.stdout)
}

func (a *app) printDay(label string, day store.PreviewDay) {
	fmt.Fprintf(a.stdout, "%s: %s, %s answered, talk %s s, coins %s\n", label, display.Plural(int(day.Calls), "call"),
		display.Count(day.Answered), display.Count(day.TalkSeconds), coinsText(day.Coins))
}
