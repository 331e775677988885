package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"callsheet/queries"
)

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

// fingerprints are those that a database stores of what it was made with; all are empty in a new one.
type fingerprints struct {
	settings, macros, definitions, directory string
	toReread                                 bool          // see load/lines_to_reread
	complete                                 sql.NullInt64 // of a lake: the snapshot whose calls are complete
}

// resumeAfter returns the call_sid after which an interrupted recomputation for the same settings and directories is resumed; "" is from the
// first call.
func (f fingerprints) resumeAfter(want fingerprints) (sid string, resumed bool) {
	sid, resumed = strings.CutPrefix(f.settings, incompleteAfter("", want.settings))
	if !resumed || f.directory != want.directory {
		return "", false
	}
	return sid, true
}

// storedFingerprints returns an error for a lake into which a file is being copied.
func (s *Store) storedFingerprints(ctx context.Context) (f fingerprints, err error) {
	err = s.conn.QueryRowContext(ctx, `
		select fingerprint, macros_fingerprint, coalesce(definitions_fingerprint, ''), coalesce(directory_fingerprint, ''), coalesce(lines_to_reread, false), complete_snapshot from settings`).
		Scan(&f.settings, &f.macros, &f.definitions, &f.directory, &f.toReread, &f.complete)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return f, fmt.Errorf("reading the settings: %w", err)
	}
	if strings.HasPrefix(f.settings, copying) {
		return f, errCopying(s.options.Lake.Catalog.Redacted())
	}
	if s.options.Lake != nil && !f.complete.Valid {
		if err := s.conn.QueryRowContext(ctx, "from "+lakeName+".current_snapshot()").Scan(&f.complete); err != nil {
			return f, fmt.Errorf("reading the snapshot: %w", err)
		}
	}
	return f, nil
}

func storeFingerprint(ctx context.Context, db session, fingerprint string) error {
	_, err := db.ExecContext(ctx, "update settings set fingerprint = ?", fingerprint)
	return err
}
