package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"callsheet/queries"
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

// fingerprint is a hash of what `calls` depends on besides deliveries: the settings, other than goals and APIs, and the SQL in queries/base.
func (settings Settings) fingerprint() (string, error) {
	settings.Goals = nil
	settings.Sources = slices.Clone(settings.Sources)
	for i := range settings.Sources {
		settings.Sources[i].VendorAPI = ""
	}
	text, err := json.Marshal(settings)
	if err != nil {
		return "", err
	}
	return hashed(string(text), queries.Files("base")), nil
}

// definitionsFingerprint is a hash of the SQL that computes figures.
func definitionsFingerprint() string {
	return hashed("", queries.Files("base"), queries.Files("metrics"), queries.Files("named"))
}

// recomputeReason says why figures are recomputed; empty if those that are stored are current.
func recomputeReason(definitionsChanged, settingsChanged, directoryChanged bool) string {
	switch {
	case definitionsChanged:
		return "this version of callsheet defines some figures differently: see What changed in docs/metrics.md"
	case settingsChanged:
		return "the settings changed"
	case directoryChanged:
		return "the directory of a vendor changed"
	}
	return ""
}

// macrosFingerprint is a hash of what the database stores besides calls: the SQL of macros, goals, and which sources have an API.
func (o Options) macrosFingerprint() string {
	text := definitionsFingerprint() + fmt.Sprint(o.Settings.Goals)
	for _, source := range o.Settings.Sources {
		if source.VendorAPI != "" {
			text += fmt.Sprintf("%q %q", source.Name, source.VendorAPI)
		}
	}
	return hashed(text, o.UserQueries)
}

func hashed(text string, files ...[]queries.File) string {
	hash := sha256.New()
	hash.Write([]byte(text))
	for _, file := range slices.Concat(files...) {
		fmt.Fprintf(hash, "%s\x00%s\x00", file.Name, file.SQL)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// incomplete begins the stored fingerprint during a recomputation of all calls. If that is interrupted, readers refuse the database, and the next
// load resumes it.
const incomplete = "incomplete "

// incompleteAfter is the stored fingerprint when the calls through a call_sid have been computed; "" is before all.
func incompleteAfter(sid, fingerprint string) string { return incomplete + fingerprint + " " + sid }

// applySettings updates the settings, the vendors' directories and the macros if they have changed, and recomputes all calls if the change affects
// them.
func (s *Store) applySettings(ctx context.Context) error {
	want, err := s.options.Settings.fingerprint()
	if err != nil {
		return err
	}
	wantMacros := s.options.macrosFingerprint()
	wantDefinitions := definitionsFingerprint()
	directory, wantDirectory, err := s.readDirectories(ctx)
	if err != nil {
		return err
	}
	var stored, storedMacros, storedDefinitions, storedDirectory string
	var complete sql.NullInt64 // snapshot
	err = s.conn.QueryRowContext(ctx, `
		select fingerprint, macros_fingerprint, coalesce(definitions_fingerprint, ''), coalesce(directory_fingerprint, ''), complete_snapshot from settings`).
		Scan(&stored, &storedMacros, &storedDefinitions, &storedDirectory, &complete)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("reading the settings: %w", err)
	}
	if strings.HasPrefix(stored, copying) {
		return errCopying(s.options.Lake.Catalog.Redacted())
	}
	sameMacros := storedMacros == wantMacros
	define := !sameMacros && s.options.Lake == nil // macros are not in the lake
	if s.options.Lake != nil && !complete.Valid {
		if err := s.conn.QueryRowContext(ctx, "from "+lakeName+".current_snapshot()").Scan(&complete); err != nil {
			return fmt.Errorf("reading the snapshot: %w", err)
		}
	}
	if sameMacros && stored == want && storedDirectory == wantDirectory {
		return s.defineUserQueries(ctx, false)
	}
	recompute := false
	after, resumed := strings.CutPrefix(stored, incompleteAfter("", want))
	resumed = resumed && storedDirectory == wantDirectory
	if !resumed {
		after = ""
	}
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		namesBefore, err := listedNames(ctx, tx)
		if err != nil {
			return err
		}
		if err := writeSettings(ctx, tx, s.options.Settings, want, wantDirectory); err != nil {
			return err
		}
		if define {
			if err := s.defineMacros(ctx, tx); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, queries.SQL("load/goals")); err != nil {
			return fmt.Errorf("goals: %w", err)
		}
		if err := writeDirectories(ctx, tx, directory); err != nil {
			return err
		}
		names, err := listedNames(ctx, tx)
		if err != nil {
			return err
		}
		if stored == "" { // a new database has no calls
			return nil
		}
		if reason := recomputeReason(storedDefinitions != wantDefinitions, stored != want, names != namesBefore); reason != "" && !strings.HasPrefix(stored, incomplete) {
			if _, err := tx.ExecContext(ctx, "insert into recomputations select ?, ? where exists (from calls)", s.options.Now(), reason); err != nil {
				return err
			}
		}
		if stored == want && names == namesBefore {
			return nil
		}
		recompute = true
		if _, err := tx.ExecContext(ctx, "update settings set complete_snapshot = ?", complete); err != nil {
			return err
		}
		if err := storeFingerprint(ctx, tx, incompleteAfter(after, want)); err != nil || resumed {
			return err
		}
		return runStep(ctx, tx, "load/rebuild_calls")
	})
	if err == nil && recompute {
		err = s.recompute(ctx, want, after)
	}
	if err != nil {
		return fmt.Errorf("applying the settings: %w", err)
	}
	if err := s.defineUserQueries(ctx, define); err != nil {
		return err
	}
	err = s.inTransaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "update settings set macros_fingerprint = ?", wantMacros)
		return err
	})
	if err != nil {
		return fmt.Errorf("applying the settings: %w", err)
	}
	return nil
}

// recompute computes all calls after a call_sid with the settings of a fingerprint. Each portion is a transaction of its own, since DuckDB keeps
// what is deleted in one, and all temporary tables, until its end.
func (s *Store) recompute(ctx context.Context, fingerprint, after string) error {
	err := recomputeCalls(ctx, s.conn, "load/stored_portion", after, func(through string, compute func(session) error) error {
		return s.inTransaction(ctx, func(tx *sql.Tx) error {
			if err := compute(tx); err != nil {
				return err
			}
			return storeFingerprint(ctx, tx, incompleteAfter(through, fingerprint))
		})
	})
	if err != nil {
		return err
	}
	return s.inTransaction(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "update settings set fingerprint = ?, complete_snapshot = null", fingerprint)
		return err
	})
}

func storeFingerprint(ctx context.Context, db session, fingerprint string) error {
	_, err := db.ExecContext(ctx, "update settings set fingerprint = ?", fingerprint)
	return err
}

// settingsPerInsert is how many rows a statement inserts: each statement takes milliseconds to plan, and the driver takes time that grows
// with the square of the parameters.
const settingsPerInsert = 50

func writeSettings(ctx context.Context, tx *sql.Tx, settings Settings, fingerprint, directoryFingerprint string) error {
	type row []any
	tables := map[string][]row{
		"settings": {{settings.Timezone, int64(settings.ShortAbandon.Seconds()),
			int64(settings.ServiceLevelTarget.Seconds()), int64(settings.RecoveryWindow.Seconds()), fingerprint, "", definitionsFingerprint(),
			settings.ExcludeOutOfHours, len(settings.BusinessHours) > 0, nil, directoryFingerprint, nil, nil, nil}},
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
