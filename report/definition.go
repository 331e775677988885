package report

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"

	"callsheet/internal/yamlstrict"
)

// A Definition is a report as defined in YAML.
type Definition struct {
	Title         string  `yaml:"title"`
	Logo          string  `yaml:"logo"`           // path of a picture for the summary
	Base          string  `yaml:"base"`           // path of a workbook whose sheets come first
	MaskCustomers bool    `yaml:"mask_customers"` // show only the last digits of customers' numbers
	Theme         Theme   `yaml:"theme"`
	Sheets        []Sheet `yaml:"sheets"`

	whole  []Sheet // of the report, where Sheets are a part of them: see allSheets
	name   string  // of the file, for errors
	dir    string  // to which its paths are relative
	limits limits  // Excel's, or lower in tests
}

// A Sheet is one sheet of a definition. sheetKinds lists the keys of each kind.
type Sheet struct {
	Kind    string            `yaml:"kind"`
	Name    string            `yaml:"name"`    // on the tab
	Title   string            `yaml:"title"`   // the name when empty
	Note    string            `yaml:"note"`    // grey line below the title
	Query   string            `yaml:"query"`   // that returns the rows
	Filters map[string]string `yaml:"filters"` // in addition to those of the report
	Limit   int               `yaml:"limit"`   // maximum number of rows
	Print   bool              `yaml:"print"`   // of a detail sheet: print its rows, too
	Empty   string            `yaml:"empty"`   // message if there are no rows
	Omit    bool              `yaml:"omit"`    // leave the sheet out if there are no rows
	Columns []string          `yaml:"columns"` // of the query, in order
	Labels  map[string]string `yaml:"labels"`  // headers that replace those of the catalog
	Total   string            `yaml:"total"`   // label of the total row
	Bars    []string          `yaml:"bars"`    // columns with data bars
	Spark   *Spark            `yaml:"spark"`   // a sparkline for each row
	Days    int               `yaml:"days"`    // minimum number of days, up to the end of the period
	Rows    string            `yaml:"rows"`    // of a heat map: day or weekday
	Metrics []string          `yaml:"metrics"` // of a heat map or timetable: a block for each
	Tiles   []Tile            `yaml:"tiles"`
	Charts  []Chart           `yaml:"charts"`
	Ranking *Ranking          `yaml:"ranking"`
	Alerts  *Alerts           `yaml:"alerts"`

	Outgoing *Sheet `yaml:"outgoing"` // replaces some keys where there are no incoming calls

	TotalQuery string `yaml:"total_query"` // of the total row, instead of total; its column note, if it has one, is the note of a sheet that has none

	Findings []string `yaml:"findings"` // kinds that "Needs attention" lists; findingKinds has the default

	Optional []string `yaml:"optional"` // columns to leave out if they are 0 or empty in every row and in the total

	Min      map[string]int64 `yaml:"min"`      // a ranked sheet leaves out rows with less of a column
	Sections *Sections        `yaml:"sections"` // tables under headings instead of one table
	FillIn   []string         `yaml:"fill_in"`  // headers of empty columns after the others, for people to write in
}

// A Spark draws a sparkline in each row of a table: a metric by day, from a query with the table's first column and local_day. The days
// are hidden columns of the table, so that a line stays with its row when the table is sorted.
type Spark struct {
	Query  string `yaml:"query"`
	Column string `yaml:"column"`
	Days   int    `yaml:"days"` // minimum number of days, up to the end of the period
	Label  string `yaml:"label"`
}

// A Tile is a large figure on the summary, with its change from the period before.
type Tile struct {
	Metric string `yaml:"metric"`
	Label  string `yaml:"label"`
	Also   string `yaml:"also"` // a second metric, in small type
}

// A Chart draws columns of a query, stacked if there are several, and optionally a line on a second axis. On a trend sheet it draws the
// sheet's own table and has no query.
type Chart struct {
	Title   string   `yaml:"title"`
	Query   string   `yaml:"query"`
	By      string   `yaml:"by"`
	Days    int      `yaml:"days"`
	Columns []string `yaml:"columns"`
	Line    string   `yaml:"line"`
	Axis    string   `yaml:"axis"` // title of the left axis
}

// A Ranking is the short table on the summary: the first rows of a query, and the total. Rows are in the order of the query, or by a column,
// worst first; then those that have fewer than the minimum of a column come last.
type Ranking struct {
	Title   string            `yaml:"title"`
	Query   string            `yaml:"query"`
	Columns []string          `yaml:"columns"`
	Labels  map[string]string `yaml:"labels"`
	Top     int               `yaml:"top"`
	Total   string            `yaml:"total"`
	Bar     string            `yaml:"bar"`
	By      string            `yaml:"by"`
	Min     map[string]int64  `yaml:"min"`
}

// Alerts are the thresholds of "Needs attention". The query findings has the defaults.
type Alerts struct {
	MinOffered  *int64   `yaml:"min_offered"`  // a group, agent or rate with fewer calls is ignored
	BelowPoints *float64 `yaml:"below_points"` // minimum distance of a group's or agent's rate from the overall rate
	WorsePoints *float64 `yaml:"worse_points"` // minimum distance of a rate from its usual value
	WorseShare  *float64 `yaml:"worse_share"`  // minimum distance of a count from its usual range, as a share of it
	WasteShare  *float64 `yaml:"waste_share"`  // minimum share of the coins spent on unanswered calls
}

// parameters returns the thresholds that are set as parameters of the query findings.
func (a Alerts) parameters() map[string]string {
	set := map[string]string{}
	if a.MinOffered != nil {
		set["min_offered"] = strconv.FormatInt(*a.MinOffered, 10)
	}
	for name, value := range map[string]*float64{
		"below_points": a.BelowPoints, "worse_points": a.WorsePoints, "worse_share": a.WorseShare, "waste_share": a.WasteShare,
	} {
		if value != nil {
			set[name] = strconv.FormatFloat(*value, 'g', -1, 64)
		}
	}
	return set
}

// Parse decodes and validates a definition. name is for errors only; paths in the definition are relative to dir.
func Parse(name string, text []byte, dir string) (*Definition, error) {
	d := &Definition{name: name, dir: dir, Theme: defaultTheme(), limits: excelLimits}
	text = yamlstrict.TrimBOM(text)
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, fmt.Errorf("report %s is empty\nhint: it needs a title and sheets", name)
	}
	var invalid *yamlstrict.Error
	if err := yamlstrict.Decode(text, d); errors.As(err, &invalid) {
		return nil, fmt.Errorf("report %s: %w", name, invalid.WithExcerpt(text))
	}
	if err := d.validate(text); err != nil {
		return nil, err
	}
	return d, nil
}

// allSheets returns the sheets of the report, also those that a workbook lacks. They decide what the report is about.
func (d *Definition) allSheets() []Sheet {
	if d.whole != nil {
		return d.whole
	}
	return d.Sheets
}

// path returns a path of the definition, or "".
func (d *Definition) path(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(d.dir, name)
}

func (s Sheet) title() string {
	if s.Title != "" {
		return s.Title
	}
	return s.Name
}
