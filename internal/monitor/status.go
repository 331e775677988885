// Package monitor shows an operator what is wrong: it reads the status, checks the configuration and sends alerts.
package monitor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/store"
)

// Status is the state of the sources, the spool, the data and the reports. Unknown values are left out.
type Status struct {
	Process  *ProcessStatus `json:"process,omitempty"` // nil if none collects
	Sources  []SourceStatus `json:"sources"`
	Spool    SpoolStatus    `json:"spool"`
	Disk     *DiskStatus    `json:"disk,omitempty"`
	Data     *DataStatus    `json:"data,omitempty"` // nil before the first load
	Reports  []ReportStatus `json:"reports"`
	Days     []DayStatus    `json:"days"`
	Warnings []string       `json:"look"` // the key is kept for scripts: what needs attention

	Balances []BalanceStatus `json:"balances"` // of the sources with vendor_api

	Alarms map[string]string `json:"alarms"` // the urgent warnings, by a name that stays the same when their text changes
}

// SourceStatus is the state of a configured source.
type SourceStatus struct {
	Source       string     `json:"source"`
	LastReceived *time.Time `json:"last_received,omitempty"`
	Silent       bool       `json:"silent"` // for longer than in the previous weeks

	Reconciled *ReconciledStatus `json:"reconciled,omitempty"` // nil without vendor_api
}

// SpoolStatus describes the files of the spool.
type SpoolStatus struct {
	Files    int        `json:"files"`
	Bytes    int64      `json:"bytes"`               // on disk
	Waiting  int        `json:"waiting"`             // files with lines that are not loaded yet
	LastSeen *time.Time `json:"last_seen,omitempty"` // when a file was last written
}

// DiskStatus is the space on the disk of data_dir, in bytes.
type DiskStatus struct {
	Free  uint64 `json:"free"`
	Total uint64 `json:"total"`
}

// DataStatus describes the published database.
type DataStatus struct {
	Path            string     `json:"path"`
	PublishedAt     time.Time  `json:"published_at"`
	WaitingSince    *time.Time `json:"waiting_since,omitempty"` // receipt of the oldest delivery that is not in it
	AgeSeconds      int64      `json:"age_seconds"`             // for how long that one waits; 0 if everything received is in it
	LoadedAt        *time.Time `json:"loaded_at,omitempty"`
	CompleteThrough *time.Time `json:"complete_through,omitempty"`
	Calls           int64      `json:"calls"`
	Rejects         int64      `json:"rejects"`
	FileProblems    []string   `json:"file_problems"` // spool files from which calls may be missing
	Events          []Event    `json:"events"`        // of other kinds, and wrappers that could not be opened
	UnknownWords    []Word     `json:"unknown_words"`

	Recomputed []Recomputation `json:"recomputed"` // in the last days, newest first
}

// Recomputation is when and why figures were recomputed, other than for new deliveries.
type Recomputation struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Event is a kind of event that is neither a report nor a live event.
type Event struct {
	Kind       string `json:"kind"` // event, or wrapper: its calls are missing
	Name       string `json:"name"` // its type, or its keys
	Deliveries int64  `json:"deliveries"`
}

// Word is a word of a status or direction that has no meaning.
type Word struct {
	Kind   string `json:"kind"` // status or direction
	Source string `json:"source"`
	Word   string `json:"word"`
	Calls  int64  `json:"calls"`
}

// ReportStatus is the last and the next run of a report.
type ReportStatus struct {
	Report string     `json:"report"`
	LastAt *time.Time `json:"last_at,omitempty"`
	Period string     `json:"period,omitempty"`
	State  string     `json:"state,omitempty"`
	Error  string     `json:"error,omitempty"`
	NextAt time.Time  `json:"next_at"`

	WaitsUntil *time.Time `json:"waits_until,omitempty"` // the end of the period of a run that was due before
}

// DayStatus has the number of a day's calls and a hash of them.
type DayStatus struct {
	Day     string `json:"day"`
	Calls   int64  `json:"calls"`
	Content string `json:"content"`
}

// maxUnsyncedAge is how long bytes in the spool may stay unsynced before a warning; a running collector syncs within milliseconds.
const maxUnsyncedAge = time.Minute

// ReadStatus reads the status with the hashes of the last days.
func ReadStatus(ctx context.Context, p *pipeline.Pipeline, days int) (*Status, error) {
	c := p.Config
	s := &Status{Sources: []SourceStatus{}, Reports: []ReportStatus{}, Days: []DayStatus{}, Balances: []BalanceStatus{}, Warnings: []string{}, Alarms: map[string]string{}}
	files, err := spool.List(c.SpoolDir())
	if err != nil {
		s.warn(err.Error())
	}
	s.readSpool(files, p.Now())
	if err := s.readData(ctx, p, files, days); err != nil {
		s.Data, s.Spool.Waiting = nil, 0                                    // unknown
		if s.warn(err.Error()); c.Store.Publish || c.Store.Lake.Enabled() { // else a load may have it, and CheckDatabase reports damage
			s.addAlarm("data", err.Error())
		}
	}
	if err := s.readProcess(c, p.ConfigPath); err != nil {
		s.Warnings = append(s.Warnings, err.Error())
	}
	if err := p.CheckDatabase(ctx); err != nil {
		s.addAlarm("database", err.Error())
	}
	if c.Publishes() {
		if err := pipeline.Access(c).Check(); err != nil {
			s.warn(err.Error())
		}
	}
	if free, total, err := pipeline.DiskSpace(c); err == nil {
		s.Disk = &DiskStatus{free, total}
	}
	if err := pipeline.CheckDisk(c); err != nil {
		s.addAlarm("disk", err.Error())
	}
	if err := Unsent(c); err != nil {
		s.warn(err.Error())
	}
	return s, errors.Join(s.readReports(p), ctx.Err())
}

func (s *Status) readSpool(files []spool.File, now time.Time) {
	for _, file := range files {
		if file.Size > file.Durable && now.Sub(file.ModTime) > maxUnsyncedAge {
			s.addAlarm("not durable "+file.Name, say("warn_not_durable", store.Unsynced(file)))
		}
		s.Spool.Files++
		s.Spool.Bytes += file.Size
		if s.Spool.LastSeen == nil || file.ModTime.After(*s.Spool.LastSeen) {
			s.Spool.LastSeen = &file.ModTime
		}
	}
	s.Spool.Waiting = s.Spool.Files
}

// warn adds a warning, unless it is there already, perhaps with a hint.
func (s *Status) warn(text string) {
	if !slices.ContainsFunc(s.Warnings, func(other string) bool { return strings.HasPrefix(other, text) }) {
		s.Warnings = append(s.Warnings, text)
	}
}

// addAlarm adds an urgent warning.
func (s *Status) addAlarm(name, text string) {
	s.warn(text)
	s.Alarms[name] = text
}
