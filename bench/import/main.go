// Command import measures how fast callsheet imports a month of reports from CSV and .xlsx, compared with loading the same calls.
//
//	go build -o /tmp/callsheet ./cmd/callsheet
//	go run ./bench/import -callsheet /tmp/callsheet -dir /var/tmp
//
// Each measurement is a separate process with an empty spool; it prints the medians of some rounds. An export is of one account and has no
// live events, so the load has none either.
package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/xuri/excelize/v2"

	"callsheet/bench/process"
	"callsheet/bench/reports"
)

// columns are the vendor's fields, as an export has them.
var columns = []string{"CallSid", "Direction", "SourceNumber", "DestinationNumber", "DialWhomNumber", "receiver_name", "Status", "StartTime",
	"EndTime", "CallDuration", "TalkDuration", "call_group", "campid", "coins", "error_code", "CallRecordingUrl", "LegA_Picked_time",
	"LegB_Start_time", "LegB_Picked_time"}

func main() {
	callsheet := flag.String("callsheet", "", "path of the callsheet program")
	parent := flag.String("dir", ".", "folder for the files")
	calls := flag.Int("calls", 1_000_000, "reports")
	rounds := flag.Int("rounds", 3, "rounds to take the median of")
	flag.Parse()
	if err := run(*callsheet, *parent, *calls, *rounds); err != nil {
		fmt.Fprintln(os.Stderr, "import:", err)
		os.Exit(1)
	}
}

func run(callsheet, parent string, calls, rounds int) error {
	parent, err := filepath.Abs(parent)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(parent, "bench-import-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	loading, err := reports.NewHome(dir, "load", false)
	if err != nil {
		return err
	}
	loading.LiveEvents, loading.OneSource = 0, true
	if _, _, err := loading.Write(reports.First, 30, calls, 0); err != nil {
		return err
	}
	importing, err := reports.NewHome(dir, "import", false)
	if err != nil {
		return err
	}
	table, book := filepath.Join(dir, "export.csv"), filepath.Join(dir, "export.xlsx")
	if err := writeCSV(loading, table); err != nil {
		return err
	}
	if err := writeBook(table, book); err != nil {
		return err
	}
	tasks := []struct {
		name    string
		command []string
	}{
		{"load", []string{callsheet, "--config", loading.Config, "load"}},
		{"import of CSV", []string{callsheet, "--config", importing.Config, "import", table}},
		{"import of .xlsx", []string{callsheet, "--config", importing.Config, "import", book}},
	}
	results := make([]process.Results, len(tasks))
	for range rounds {
		for i, task := range tasks {
			if err := errors.Join(loading.Empty(""), os.RemoveAll(importing.Spool)); err != nil {
				return err
			}
			result, err := process.Measure(task.command...)
			if err != nil {
				return err
			}
			results[i] = append(results[i], result)
		}
	}
	fmt.Printf("import: %d calls, medians of %d rounds; %s\n\n| | time | reports/s | relative to load | CPU time | memory |\n|---|---|---|---|---|---|\n", calls, rounds, loading.Used())
	for i, task := range tasks {
		r := results[i].Median()
		fmt.Printf("| %s | %v | %.0f | %.2f | %v | %d MB |\n", task.name, r.Took.Round(10*time.Millisecond), float64(calls)/r.Took.Seconds(),
			results[0].Median().Took.Seconds()/r.Took.Seconds(), r.CPU.Round(10*time.Millisecond), r.Memory>>20)
	}
	return nil
}

// writeCSV writes the reports of a spool as a table.
func writeCSV(home *reports.Home, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(file, 1<<20)
	rows := csv.NewWriter(buffered)
	err = rows.Write(columns)
	for day := range 30 {
		err = errors.Join(err, copyDay(home.DayFile(reports.First.AddDate(0, 0, day)), rows))
	}
	rows.Flush()
	return errors.Join(err, rows.Error(), buffered.Flush(), file.Close())
}

func copyDay(path string, rows *csv.Writer) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	row := make([]string, len(columns))
	for lines.Scan() {
		var line struct{ Payload map[string]string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return err
		}
		for i, column := range columns {
			row[i] = line.Payload[column]
		}
		if err := rows.Write(row); err != nil {
			return err
		}
	}
	return lines.Err()
}

// writeBook writes a table as a workbook; a sheet has at most 1,048,576 rows.
func writeBook(table, path string) error {
	file, err := os.Open(table)
	if err != nil {
		return err
	}
	defer file.Close()
	book := excelize.NewFile()
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return err
	}
	rows := csv.NewReader(bufio.NewReaderSize(file, 1<<20))
	cells := make([]any, len(columns))
	for n := 1; ; n++ {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		for i, value := range row {
			cells[i] = value
		}
		if err := sheet.SetRow(fmt.Sprintf("A%d", n), cells); err != nil {
			return err
		}
	}
	return errors.Join(sheet.Flush(), book.SaveAs(path), book.Close())
}
