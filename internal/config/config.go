// Package config reads the configuration, one YAML file: defaults, a strict decode over them, then validation. It reads neither the
// environment nor other files; secrets are resolved where they are used.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"time"

	"callsheet/internal/locale"
	"callsheet/internal/yamlstrict"
)

// Config is the whole file. Its paths are relative to the folder of the file; Path makes them absolute.
type Config struct {
	Timezone  string        `yaml:"timezone"`
	Locale    string        `yaml:"locale"` // of numbers and dates in workbooks
	DataDir   string        `yaml:"data_dir"`
	Collector Collector     `yaml:"collector"`
	Store     Store         `yaml:"store"`
	Business  Business      `yaml:"business"`
	Reports   []Report      `yaml:"reports"`
	Page      Page          `yaml:"page"`
	Mail      Mail          `yaml:"mail"`
	AlertTo   []AlertTarget `yaml:"alert_to"`
	Log       Log           `yaml:"log"`

	file     string
	database string // of ForDatabase
	text     []byte // of the file
	started  []byte // of the file with which the process was started; nil if that is text
}

// Collector configures the HTTP collector.
type Collector struct {
	Listen         string   `yaml:"listen"`
	AdminListen    string   `yaml:"admin_listen"` // for health and metrics; Listen if empty
	TLS            TLS      `yaml:"tls"`
	ID             string   `yaml:"id"`
	Sources        []Source `yaml:"sources"`
	TrustedProxies []string `yaml:"trusted_proxies"`
	Limits         Limits   `yaml:"limits"`
}

// Source is an account that sends deliveries.
type Source struct {
	Name           string   `yaml:"name"`
	Tokens         []Secret `yaml:"tokens"`
	TokensFile     string   `yaml:"tokens_file"` // one token a line
	Allow          []string `yaml:"allow"`       // addresses or networks; all if empty
	Timezone       string   `yaml:"timezone"`    // of the local times it sends
	OutgoingCaller string   `yaml:"outgoing_caller"`
	// How its texts are read.
	DateOrder      string            `yaml:"date_order"`      // of 05-10-2026: dmy or mdy
	StatusWords    map[string]string `yaml:"status_words"`    // outcome by status word
	DirectionWords map[string]string `yaml:"direction_words"` // incoming or outgoing, by word of Direction
	NothingValues  []string          `yaml:"nothing_values"`  // texts that mean no value, beside those that always do
	Import         Import            `yaml:"import"`
	VendorAPI      *VendorAPI        `yaml:"vendor_api"` // nil without one
}

// Import says how exports of a source are read.
type Import struct {
	Fields      map[string]string `yaml:"fields"`       // column by the vendor's name of a field
	DateOrder   string            `yaml:"date_order"`   // dmy or mdy; date_order of the source if empty
	Direction   string            `yaml:"direction"`    // of rows that have none
	StatusWords map[string]string `yaml:"status_words"` // beside those of the source, and before them
}

// TLS has the files of a certificate and its key; without them the collector serves plain HTTP.
type TLS struct {
	CertFile string `yaml:"cert_file"`
	KeyFile  string `yaml:"key_file"`
}

// Limits limit the resources of the collector.
type Limits struct {
	MaxBody       Size          `yaml:"max_body"`
	MaxDeliveries int           `yaml:"max_deliveries"` // in one request
	InFlight      int           `yaml:"in_flight"`      // in-flight limit of a source
	Wait          time.Duration `yaml:"wait"`           // for an in-flight slot and for the disk
	Connections   int           `yaml:"connections"`    // open at once
}

// Store configures the database.
type Store struct {
	MemoryLimit string        `yaml:"memory_limit"`
	TimeLimit   time.Duration `yaml:"time_limit"` // for a load, and for each query and build of a run
	TempLimit   Size          `yaml:"temp_limit"` // for temporary files in data_dir/tmp
	Threads     int           `yaml:"threads"`
	Publish     bool          `yaml:"publish"`
	LoadEvery   time.Duration `yaml:"load_every"` // by serve; 0 for not at all
	// Who may read the published copy.
	PublishedMode  FileMode `yaml:"published_mode"`
	PublishedGroup string   `yaml:"published_group"` // name or number of its group; that of the process if empty
	Lake           Lake     `yaml:"lake"`            // instead of a database file
}

// Business has the definitions that the metrics depend on.
type Business struct {
	Hours              map[string]string `yaml:"hours"` // mon-fri: 09:00-18:00
	Holidays           []string          `yaml:"holidays"`
	ExcludeOutOfHours  bool              `yaml:"exclude_out_of_hours"` // from the rates of offered calls
	ShortAbandon       time.Duration     `yaml:"short_abandon"`
	ServiceLevelTarget time.Duration     `yaml:"service_level_target"`
	RecoveryWindow     time.Duration     `yaml:"recovery_window"`
	NumberGroups       map[string]string `yaml:"number_groups"`
	Agents             []Agent           `yaml:"agents"`
	Goals              Goals             `yaml:"goals"`
	GroupGoals         map[string]Goals  `yaml:"group_goals"`  // replace those of goals for the calls of a group
	NumberGoals        map[string]Goals  `yaml:"number_goals"` // for those of a virtual number, also before those of its group
}

// Agent is the name of a number, limited to a span of days by From and To.
type Agent struct {
	Number string `yaml:"number"`
	Name   string `yaml:"name"`
	From   string `yaml:"from"`
	To     string `yaml:"to"`
}

// Report is a scheduled workbook.
type Report struct {
	Name        string            `yaml:"name"`
	Template    string            `yaml:"template"` // name of a built-in template, or path of a .yaml file
	Schedule    string            `yaml:"schedule"`
	Timezone    string            `yaml:"timezone"` // of the schedule and of the period
	Skip        []string          `yaml:"skip"`     // days without due times: weekends, holidays
	Period      string            `yaml:"period"`
	Filters     map[string]string `yaml:"filters"`
	Burst       string            `yaml:"burst"`         // column: each of its values gets a workbook
	CatchUp     *int              `yaml:"catch_up"`      // number of missed due times to run later
	WaitForData time.Duration     `yaml:"wait_for_data"` // at most, after the due time
	// WaitForReconciliation makes a run wait, for WaitForData at most, until the period is complete by the vendors' own lists.
	WaitForReconciliation bool           `yaml:"wait_for_reconciliation"`
	OnlyIf                string         `yaml:"only_if"`    // rows, or SQL over the summary's columns
	IfNothing             string         `yaml:"if_nothing"` // skip or tell
	RetryFor              *time.Duration `yaml:"retry_for"`  // of failed runs and deliveries
	Link                  string         `yaml:"link"`       // where readers can fetch the workbook
	Heartbeat             Secret         `yaml:"heartbeat"`  // URL that is called after each good run
	Deliver               []Delivery     `yaml:"deliver"`
}

// Delivery is one channel of a report; exactly one of Folder, Mail, Bucket and Webhook is set.
type Delivery struct {
	Folder  string         `yaml:"folder"`
	Mail    *MailDelivery  `yaml:"mail"`
	Bucket  string         `yaml:"bucket"`
	Webhook *WebhookTarget `yaml:"webhook"`
	Name    string         `yaml:"name"` // of the file, in a folder or a bucket
	Keep    int            `yaml:"keep"` // number of files kept in a folder, those of the newest periods; all if 0
}

// MailDelivery has the recipients of a workbook.
type MailDelivery struct {
	To              []string            `yaml:"to"`
	CC              []string            `yaml:"cc"`
	BCC             []string            `yaml:"bcc"`
	ReplyTo         string              `yaml:"reply_to"`
	Recipients      map[string][]string `yaml:"recipients"`       // by burst part
	RecipientsQuery string              `yaml:"recipients_query"` // path of a SQL file that returns part and address
	Subject         string              `yaml:"subject"`
	Attach          *bool               `yaml:"attach"`  // the workbook; true by default
	Summary         string              `yaml:"summary"` // its form: picture, pdf or none
}

// Log configures the log on standard error.
type Log struct {
	Level  string `yaml:"level"`  // debug, info, warn or error
	Format string `yaml:"format"` // text or json
}

// The defaults of a report.
const (
	defaultCatchUp  = 1
	defaultRetryFor = 2 * time.Hour
)

// VendorZone is the time zone of the vendor's local times.
const VendorZone = "Asia/Kolkata"

// Default returns the configuration of an empty file.
func Default() Config {
	return Config{
		Timezone:  VendorZone,
		Locale:    locale.Default,
		DataDir:   "./data",
		Collector: Collector{Listen: "127.0.0.1:8080", Limits: Limits{MaxBody: 8 << 20, MaxDeliveries: 10_000, InFlight: 256, Wait: 10 * time.Second, Connections: 10_000}},
		Store:     Store{MemoryLimit: "500MB", TimeLimit: time.Hour, TempLimit: 20 << 30, Publish: true, LoadEvery: 5 * time.Minute, Lake: Lake{MaintainEvery: time.Hour}},
		Business: Business{
			ShortAbandon:       5 * time.Second,
			ServiceLevelTarget: 20 * time.Second,
			RecoveryWindow:     24 * time.Hour,
		},
		Page: Page{SessionTime: 12 * time.Hour, MaskCallers: true, LongestCall: time.Hour},
		Mail: Mail{Port: 587, TLS: "starttls", MaxAttachment: 20 << 20},
		Log:  Log{Level: "info", Format: "text"},
	}
}

// Load reads and validates the file.
func Load(path string) (*Config, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no configuration at %s\nhint: callsheet init writes one; --config or CALLSHEET_CONFIG sets another path", path)
	}
	if err != nil {
		return nil, err
	}
	return parseFile(path, text)
}

func parseFile(path string, text []byte) (*Config, error) {
	c, err := Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	c.text = text
	if c.file, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	return c, nil
}

// Parse decodes and validates a configuration. Its paths are relative to the working directory.
func Parse(text []byte) (*Config, error) {
	c := Default()
	if err := yamlstrict.Decode(text, &c); err != nil {
		return nil, withdrawnKey(err)
	}
	var errs keyErrors
	checkTexts(errs.add, "", reflect.ValueOf(c))
	c.checkEffect(errs.add)
	for i := range c.Collector.Sources {
		source := &c.Collector.Sources[i]
		source.Timezone = cmp.Or(source.Timezone, VendorZone)
		source.OutgoingCaller = cmp.Or(source.OutgoingCaller, "agent")
	}
	for i := range c.Reports {
		report := &c.Reports[i]
		report.Template = cmp.Or(report.Template, report.Name)
		report.Timezone = cmp.Or(report.Timezone, c.Timezone)
		report.Period = cmp.Or(report.Period, "yesterday")
		report.IfNothing = cmp.Or(report.IfNothing, "skip")
		if report.CatchUp == nil {
			report.CatchUp = &[]int{defaultCatchUp}[0]
		}
		if report.RetryFor == nil {
			report.RetryFor = &[]time.Duration{defaultRetryFor}[0]
		}
	}
	c.validate(errs.add)
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return &c, nil
}

// withdrawnKey explains the error of a key that older versions accepted.
func withdrawnKey(err error) error {
	if e, ok := errors.AsType[*yamlstrict.Error](err); ok && e.Message == `unknown key "retention"` {
		e.Hint = "older versions accepted it, and it never did anything; remove it"
	}
	return err
}

// Source returns the source of a name; ok is false if there is none.
func (c *Config) Source(name string) (source Source, ok bool) {
	i := slices.IndexFunc(c.Collector.Sources, func(s Source) bool { return s.Name == name })
	if i < 0 {
		return Source{Name: name, Timezone: VendorZone, OutgoingCaller: "agent"}, false
	}
	return c.Collector.Sources[i], true
}

// AllStatusWords returns the outcomes of the status words of a source's deliveries and exports.
func (s Source) AllStatusWords() map[string]string {
	words := maps.Clone(s.StatusWords)
	for word, outcome := range s.Import.StatusWords {
		if words == nil {
			words = map[string]string{}
		}
		words[word] = outcome
	}
	return words
}

// IsClosed reports whether all deliveries to the source are refused: tokens is an empty list.
func (s Source) IsClosed() bool { return s.Tokens != nil && len(s.Tokens) == 0 && s.TokensFile == "" }

// Zone returns the time zone in which the vendor counts the days of the source.
func (s Source) Zone() *time.Location {
	zone, err := time.LoadLocation(s.Timezone)
	if err != nil {
		panic(err) // validated
	}
	return zone
}

// Zone returns the configured time zone.
func (c *Config) Zone() *time.Location {
	zone, err := time.LoadLocation(c.Timezone)
	if err != nil {
		panic(err) // validated
	}
	return zone
}

// DefaultSource returns the source of lines without one.
func (c *Config) DefaultSource() string {
	if len(c.Collector.Sources) > 0 {
		return c.Collector.Sources[0].Name
	}
	return "main"
}
