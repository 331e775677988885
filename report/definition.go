package report

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"

	"callsheet/internal/yamlstrict"
)

// Definition is a report as its YAML says it.
type Definition struct {
	Title         string  `yaml:"title"`
	Logo          string  `yaml:"logo"`           // picture on the summary, a path beside the definition
	Base          string  `yaml:"base"`           // workbook whose sheets come before ours, a path beside the definition
	MaskCustomers bool    `yaml:"mask_customers"` // of customers' numbers only the last digits are shown
	Theme         Theme   `yaml:"theme"`
	Sheets        []Sheet `yaml:"sheets"`

	name   string // of the file, for errors
	dir    string // that paths in it are relative to
	limits limits // lower than Excel's in tests
}

// Sheet is one sheet of a definition. Which keys a kind takes is said in kinds.
type Sheet struct {
	Kind    string            `yaml:"kind"`
	Name    string            `yaml:"name"`    // on the tab
	Title   string            `yaml:"title"`   // above the content; the name when empty
	Note    string            `yaml:"note"`    // grey line under the title
	Query   string            `yaml:"query"`   // the rows
	Filters map[string]string `yaml:"filters"` // beside those of the report
	Limit   int               `yaml:"limit"`   // rows; the others are counted and said to be left out
	Empty   string            `yaml:"empty"`   // what the sheet says when there are no rows
	Columns []string          `yaml:"columns"` // of the query, in order
	Labels  map[string]string `yaml:"labels"`  // headers other than the catalog's
	Total   string            `yaml:"total"`   // label of the total row, which the query summary answers
	Bars    []string          `yaml:"bars"`    // columns with data bars
	Spark   *Spark            `yaml:"spark"`   // a small line for each row
	Days    int               `yaml:"days"`    // look back so many days, ending with the period
	Rows    string            `yaml:"rows"`    // of a heat map: day or weekday
	Metrics []string          `yaml:"metrics"` // of a heat map: one block each
	Tiles   []Tile            `yaml:"tiles"`
	Charts  []Chart           `yaml:"charts"`
	Ranking *Ranking          `yaml:"ranking"`
	Alerts  *Alerts           `yaml:"alerts"`
}

// Spark is a small line in each row of a table: a figure day by day, from a query that has the table's first column and
// local_day. The days are columns of the table, too, hidden, so that a line stays with its row when somebody sorts.
type Spark struct {
	Query  string `yaml:"query"`
	Column string `yaml:"column"`
	Days   int    `yaml:"days"` // up to the end of the period; those of the period when 0
	Label  string `yaml:"label"`
}

// Tile is a large figure on the summary, with its change against the period before.
type Tile struct {
	Metric string `yaml:"metric"`
	Label  string `yaml:"label"`
	Also   string `yaml:"also"` // a second metric in small, under the figure
}

// Chart draws columns of a query, stacked when there are several, and optionally a line on a second axis.
// On a trend sheet it draws the sheet's own table, so it names no query.
type Chart struct {
	Title   string   `yaml:"title"`
	Query   string   `yaml:"query"`
	By      string   `yaml:"by"`
	Days    int      `yaml:"days"`
	Columns []string `yaml:"columns"`
	Line    string   `yaml:"line"`
	Axis    string   `yaml:"axis"` // title of the left axis
}

// Ranking is the short table on the summary: the first rows of a query, then the total.
type Ranking struct {
	Title   string            `yaml:"title"`
	Query   string            `yaml:"query"`
	Columns []string          `yaml:"columns"`
	Labels  map[string]string `yaml:"labels"`
	Top     int               `yaml:"top"`
	Total   string            `yaml:"total"`
	Bar     string            `yaml:"bar"`
}

// Alerts are the thresholds of "Needs attention".
type Alerts struct {
	MinOffered  int64   `yaml:"min_offered"`  // a group with fewer offered calls says nothing
	BelowPoints float64 `yaml:"below_points"` // so far below the whole's answer rate
	WorsePoints float64 `yaml:"worse_points"` // so much worse a rate than the period before
	WorseShare  float64 `yaml:"worse_share"`  // so much worse a count, as a share of the one before
	WasteShare  float64 `yaml:"waste_share"`  // so much of the coins on unanswered calls
}

// UnmarshalYAML reads what is given over the defaults.
func (a *Alerts) UnmarshalYAML(text []byte) error {
	type given Alerts
	*a = defaultAlerts()
	return yamlstrict.Decode(text, (*given)(a))
}

func defaultAlerts() Alerts {
	return Alerts{MinOffered: 5, BelowPoints: 0.03, WorsePoints: 0.03, WorseShare: 0.2, WasteShare: 0.05}
}

// Parse reads a definition. name is used in errors only; paths in it are relative to dir.
func Parse(name string, text []byte, dir string) (*Definition, error) {
	d := &Definition{name: name, dir: dir, Theme: defaultTheme(), limits: excelLimits}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, fmt.Errorf("report %s is empty\nhint: it needs a title and sheets", name)
	}
	var mistake *yamlstrict.Error
	if err := yamlstrict.Decode(text, d); errors.As(err, &mistake) {
		return nil, fmt.Errorf("report %s: %w", name, mistake.WithExcerpt(text))
	}
	if err := d.validate(text); err != nil {
		return nil, err
	}
	return d, nil
}

// path is one that the definition names, or "".
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
