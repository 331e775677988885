// Package reports writes the configurations and spools of the benchmarks: what a call centre with two accounts has configured, and the
// deliveries of its calls.
package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

var india = time.FixedZone("", 5*3600+1800)

// First is the first day of the benchmarks' last month.
var First = time.Date(2026, 9, 1, 0, 0, 0, 0, india)

// Home is a configuration with a spool and databases.
type Home struct {
	Config, Data, Spool string
	// Listen and Page are the addresses of the collector and of the page; the default and none if empty. Configure writes them.
	Listen, Page string
	// Lake is where the tables are, for a collector with the name of the home; a database file if nil. Configure writes it.
	Lake *Lake
	// LiveEvents is the number of live events of each call, 3 at most.
	LiveEvents int
	// OutgoingEvery makes every nth call outgoing; none if 0.
	OutgoingEvery int
	// OneSource gives all calls to the first source. The configuration still has two.
	OneSource bool
	// Compressed writes the spool as archives, as callsheet archive does.
	Compressed bool
}

// Lake has the keys of store.lake.
type Lake struct{ Catalog, Data, Extensions string }

// Months returns the first day of the given number of months up to that of First, and how many days they have.
func Months(months int) (from time.Time, days int) {
	from = First.AddDate(0, 1-months, 0)
	return from, int(First.AddDate(0, 1, 0).Sub(from).Hours() / 24)
}

// NewHome creates one in a folder, with three live events a call.
func NewHome(dir, name string, publish bool) (*Home, error) {
	h := &Home{Config: filepath.Join(dir, name+".yaml"), Data: filepath.Join(dir, name), LiveEvents: 3}
	h.Spool = filepath.Join(h.Data, "spool")
	return h, errors.Join(os.MkdirAll(h.Spool, 0o700), h.Configure(publish))
}

// Used describes the configuration and the deliveries in a line, for the output of a benchmark.
func (h *Home) Used() string {
	from := fmt.Sprintf("%d sources in %s and %s", len(sources), sources[0].zone, sources[1].zone)
	if h.OneSource {
		from += " (calls of the first only)"
	}
	return fmt.Sprintf("configured: %s, business hours, %d holidays, %d agents with validity dates, %d numbers, goals; "+
		"%d live events a call, %d %% of deliveries twice, %d %% of reports corrected",
		from, len(holidays), 2*phones, numbers, h.LiveEvents, duplicatePercent, correctedPercent)
}

// Empty removes the databases and a file of another program, if other is not empty.
func (h *Home) Empty(other string) error {
	for _, path := range []string{filepath.Join(h.Data, "calls.duckdb"), filepath.Join(h.Data, "published", "calls.duckdb"), other} {
		if err := os.Remove(path); path != "" && err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// DayFile returns the spool file of a day.
func (h *Home) DayFile(day time.Time) string {
	path := filepath.Join(h.Spool, day.Format(time.DateOnly)+".ndjson")
	if h.Compressed {
		path += ".zst"
	}
	return path
}
