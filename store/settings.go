package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Settings are the parts of the configuration that affect the figures. They are stored in the database, so that the published
// copy gives the same figures in any client.
type Settings struct {
	Timezone           string // of days and hours in reports
	ShortAbandon       time.Duration
	ServiceLevelTarget time.Duration
	RecoveryWindow     time.Duration
	Sources            []Source
	NumberGroups       map[string]string // virtual number → group
	Agents             []Agent
	BusinessHours      []Hours
	Holidays           []string // 2006-01-02
	ExcludeOutOfHours  bool     // from the rates of offered calls
	Goals              []Goal   `json:",omitempty"`
}

// Goal is what a metric should reach: for the calls of a group or of a virtual number, or for all if neither is given.
type Goal struct {
	Metric, Group, Number string
	Goal                  float64
}

// Source is an account that sends deliveries.
type Source struct {
	Name           string
	Timezone       string            // of the local times it sends
	OutgoingCaller string            // who SourceNumber is on outgoing calls: agent or customer
	DateOrder      string            // of 05-10-2026: dmy or mdy
	StatusWords    map[string]string // outcome by status word
	DirectionWords map[string]string // incoming or outgoing, by word of Direction
	NothingValues  []string          // texts that mean no value
	VendorAPI      string            `json:",omitempty"` // kind of the vendor's API; calls do not depend on it
}

// Agent is the name of a number for a span of days; an empty bound is open.
type Agent struct {
	Number, Name, From, To string
}

// Hours is a span of a weekday (1 Monday … 7 Sunday) in which the business is open.
type Hours struct {
	Weekday       int
	Opens, Closes string // 09:00, 18:30; the latter excluded
}

// settingsPerInsert is how many rows a statement inserts: each statement takes milliseconds to plan, and the driver takes time that grows
// with the square of the parameters.
const settingsPerInsert = 50

func writeSettings(ctx context.Context, tx *sql.Tx, settings Settings, want fingerprints) error {
	type row []any
	tables := map[string][]row{
		"settings": {{settings.Timezone, int64(settings.ShortAbandon.Seconds()),
			int64(settings.ServiceLevelTarget.Seconds()), int64(settings.RecoveryWindow.Seconds()), want.settings, "", want.definitions,
			settings.ExcludeOutOfHours, len(settings.BusinessHours) > 0, nil, want.directory, nil, nil, nil, want.toReread}},
		"sources": {}, "status_words": {}, "direction_words": {}, "number_groups": {}, "agent_directory": {}, "business_hours": {}, "holidays": {},
		"goals": {},
	}
	for _, source := range settings.Sources {
		tables["sources"] = append(tables["sources"], row{source.Name, source.Timezone, source.OutgoingCaller, cmp.Or(source.DateOrder, "dmy"),
			nullIfNone(source.NothingValues), nullIfEmpty(source.VendorAPI)})
		for word, outcome := range source.StatusWords {
			tables["status_words"] = append(tables["status_words"], row{source.Name, word, outcome})
		}
		for word, direction := range source.DirectionWords {
			tables["direction_words"] = append(tables["direction_words"], row{source.Name, word, direction})
		}
	}
	for number, group := range settings.NumberGroups {
		tables["number_groups"] = append(tables["number_groups"], row{number, group, nil, nil, nil, nil})
	}
	for _, agent := range settings.Agents {
		tables["agent_directory"] = append(tables["agent_directory"],
			row{agent.Number, agent.Name, nullIfEmpty(agent.From), nullIfEmpty(agent.To), nil, nil})
	}
	for _, hours := range settings.BusinessHours {
		tables["business_hours"] = append(tables["business_hours"], row{hours.Weekday, hours.Opens, hours.Closes})
	}
	for _, day := range settings.Holidays {
		tables["holidays"] = append(tables["holidays"], row{day})
	}
	for _, goal := range settings.Goals {
		tables["goals"] = append(tables["goals"], row{goal.Metric, nullIfEmpty(goal.Group), nullIfEmpty(goal.Number), goal.Goal})
	}
	for table, rows := range tables {
		if _, err := tx.ExecContext(ctx, "delete from "+table); err != nil {
			return err
		}
		for some := range slices.Chunk(rows, settingsPerInsert) {
			marks := "(?" + strings.Repeat(", ?", len(some[0])-1) + ")"
			insert := "insert into " + table + " values " + marks + strings.Repeat(", "+marks, len(some)-1)
			if _, err := tx.ExecContext(ctx, insert, slices.Concat(some...)...); err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
		}
	}
	return nil
}

func nullIfNone(texts []string) any {
	if len(texts) == 0 {
		return nil
	}
	return texts
}

func nullIfEmpty(text string) any {
	if text == "" {
		return nil
	}
	return text
}
