package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/child"
	"callsheet/internal/config"
	"callsheet/internal/locale"
	"callsheet/internal/notify"
	"callsheet/internal/period"
	"callsheet/queries"
	"callsheet/report"
	"callsheet/store"
	"callsheet/templates"
)

// app is what every command works with.
type app struct {
	configPath     string
	stdout, stderr io.Writer
	now            func() time.Time
	metrics        *runMetrics   // of the scheduler; nil where nobody asks for them
	args           []string      // of this process; a test that calls a command itself has none
	parent         *child.Parent // that started this process as its child; nil otherwise
	actsAs         string        // the user that root became; "" for the one who started it
	noDatabase     bool          // of a collector: its process must outlive what DuckDB does
}

// startsChildren reports whether a command that needs a process of its own is to start it: it does not run in one yet.
func (a *app) startsChildren() bool { return a.parent == nil && a.args != nil }

// errNoDatabase is an error of the program: a collector has to leave DuckDB to a child process.
var errNoDatabase = errors.New("the process of a collector does not open the database")

// config reads the configuration file, and goes on as the owner of the data.
func (a *app) config() (*config.Config, error) {
	c, err := config.Load(a.configPath)
	if err != nil {
		return nil, usage(err)
	}
	return c, a.actAsOwner(c.Data(), spoolDir(c))
}

// actAsOwner has a program that root started beside a service work as the service's user, to whom the folders belong.
func (a *app) actAsOwner(folders ...string) error {
	name, err := actAsOwner(folders...)
	a.actsAs = cmp.Or(name, a.actsAs)
	return err
}

// makeDataDir makes the data folder if it is missing. Readers must be able to pass through it to the published copy;
// everything else in it is closed to them, also what an older version or a person made.
func makeDataDir(c *config.Config) error {
	if err := atomicfile.MkdirReadable(c.Data()); err != nil {
		return fmt.Errorf("data_dir: %w", err)
	}
	for _, pattern := range []string{"spool", "spool/*", "tmp", "calls.duckdb*", "runs.ndjson*", "alerts.json*", ".*.lock"} {
		paths, _ := filepath.Glob(c.Data(pattern)) // the pattern is right
		for _, path := range paths {
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm()&0o077 == 0 {
				continue // gone meanwhile, or closed
			}
			err = os.Chmod(path, info.Mode()&^0o077)
			if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrPermission) { // gone meanwhile, or another user's
				return fmt.Errorf("closing %s to other users: %w", path, err)
			}
		}
	}
	return nil
}

// logger writes to standard error as the configuration says.
func (a *app) logger(c *config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(a.stderr, options))
	}
	return slog.New(slog.NewTextHandler(a.stderr, options))
}

func spoolDir(c *config.Config) string  { return c.Data("spool") }
func published(c *config.Config) string { return c.Data("published", "calls.duckdb") }
func runLedger(c *config.Config) string { return c.Data("runs.ndjson") }

// ownQueries is the folder of the user's own named queries, beside the configuration.
func ownQueries(c *config.Config) string { return c.Path("queries") }

// storeOptions are the database's, at path. Own queries that cannot be read are check's to tell of.
func (a *app) storeOptions(c *config.Config, path string) store.Options {
	own, _ := queries.User(ownQueries(c))
	return store.Options{
		UserQueries: own,
		Path:        path, TempDir: c.Data("tmp"), TempLimit: int64(c.Store.TempLimit), MemoryLimit: c.Store.MemoryLimit, Threads: c.Store.Threads,
		Settings: settings(c), Now: a.now,
	}
}

// settings are the parts of the configuration that the numbers depend on.
func settings(c *config.Config) store.Settings {
	s := store.Settings{
		Timezone: c.Timezone, ShortAbandon: c.Business.ShortAbandon, ServiceLevelTarget: c.Business.ServiceLevelTarget,
		RecoveryWindow: c.Business.RecoveryWindow,
		NumberGroups:   c.Business.NumberGroups, Holidays: c.Business.Holidays,
	}
	for _, source := range c.Collector.Sources {
		s.Sources = append(s.Sources, store.Source{
			Name: source.Name, Timezone: source.Timezone, OutgoingCaller: source.OutgoingCaller})
	}
	for _, agent := range c.Business.Agents {
		s.Agents = append(s.Agents, store.Agent(agent))
	}
	hours, _ := c.Business.OpenHours() // validated
	for _, span := range hours {
		s.BusinessHours = append(s.BusinessHours, store.Hours(span))
	}
	return s
}

// loadWait is how long a load waits for one that is under way.
const loadWait = time.Minute

// refresh loads what is new and publishes it.
func (a *app) refresh(ctx context.Context, c *config.Config, retryRejects bool, progress store.Progress) (store.Summary, error) {
	return a.withDatabase(ctx, c, func(path string) (store.Summary, error) {
		summary, err := a.load(ctx, c, path, retryRejects, progress)
		if err == nil || !store.IsDamaged(err, path) {
			return summary, err
		}
		damage := err
		if summary, err = a.loadAnew(ctx, c, path+rebuildEnding, progress); err != nil {
			return summary, errors.Join(damage, err)
		}
		if err := a.checkLoss(ctx, c, path); err != nil {
			return summary, errors.Join(damage, err)
		}
		kept := path + ".damaged-" + a.now().Format("20060102-150405")
		if err := store.Quarantine(path, kept); err != nil {
			return summary, err
		}
		summary.Warnings = append(summary.Warnings, fmt.Sprintf(
			"the database was damaged; it was made anew from the spool, and the damaged one is kept as %s: %v", kept, damage))
		return summary, store.Replace(path, path+rebuildEnding)
	})
}

// rebuild makes the database anew from the spool alone, beside the old one, and puts it in its place once it is whole.
// One that would lose calls of the old one is refused, unless acceptLoss.
func (a *app) rebuild(ctx context.Context, c *config.Config, acceptLoss bool, progress store.Progress) (store.Summary, error) {
	return a.withDatabase(ctx, c, func(path string) (store.Summary, error) {
		summary, err := a.loadAnew(ctx, c, path+rebuildEnding, progress)
		if err != nil {
			return summary, err
		}
		if !acceptLoss {
			if err := a.checkLoss(ctx, c, path); err != nil {
				return summary, err
			}
		}
		return summary, store.Replace(path, path+rebuildEnding)
	})
}

// checkLoss removes the rebuilt database if it would lose calls of the one at path.
func (a *app) checkLoss(ctx context.Context, c *config.Config, path string) error {
	if err := store.CheckLoss(ctx, a.storeOptions(c, path), path+rebuildEnding); err != nil {
		return errors.Join(err, store.Remove(path+rebuildEnding))
	}
	return nil
}

// rebuildEnding names a database on its way to replace another.
const rebuildEnding = ".rebuild"

// loadAnew loads the whole spool into a new database at path; when that fails, none is left.
func (a *app) loadAnew(ctx context.Context, c *config.Config, path string, progress store.Progress) (store.Summary, error) {
	if err := store.Remove(path); err != nil { // of a rebuild that was cut short
		return store.Summary{}, err
	}
	summary, err := a.load(ctx, c, path, false, progress)
	if err == nil {
		err = store.Verify(ctx, a.storeOptions(c, path), summary.Stored)
	}
	if err != nil {
		return summary, errors.Join(err, store.Remove(path))
	}
	return summary, nil
}

// withDatabase lets no other load in until the database is published: nobody may write into what is being copied.
func (a *app) withDatabase(ctx context.Context, c *config.Config, do func(path string) (store.Summary, error)) (store.Summary, error) {
	if err := makeDataDir(c); err != nil {
		return store.Summary{}, err
	}
	lock, err := atomicfile.TakeLock(ctx, c.Data(".load.lock"), "the database in "+c.Data(), loadWait)
	if err != nil {
		return store.Summary{}, err
	}
	defer lock.Release()
	path := c.Data("calls.duckdb")
	summary, err := do(path)
	if err != nil || !c.Store.Publish {
		return summary, err
	}
	problems, err := store.Publish(ctx, store.Publication{
		Database: path, Path: published(c), Now: a.now,
		Verify: func(ctx context.Context, copy string) error {
			return store.Verify(ctx, a.storeOptions(c, copy), summary.Stored)
		},
	})
	summary.Warnings = append(summary.Warnings, problems...)
	return summary, err
}

// load opens the database at path for as long as the load takes.
func (a *app) load(ctx context.Context, c *config.Config, path string, retryRejects bool, progress store.Progress) (summary store.Summary, err error) {
	if a.noDatabase {
		return summary, errNoDatabase
	}
	db, err := store.Open(ctx, a.storeOptions(c, path))
	if err != nil {
		return summary, err
	}
	summary, err = db.Load(ctx, store.LoadOptions{
		SpoolDir: spoolDir(c), DefaultSource: c.DefaultSource(), RunLedger: runLedger(c), RetryRejects: retryRejects, Progress: progress,
	})
	return summary, errors.Join(err, db.Close())
}

// readerMemory is what a query may take before it spills to the disk.
const readerMemory = "2GB"

// memoryBytes parses an amount of memory that was validated.
func memoryBytes(text string) int64 {
	bytes, _ := config.ParseMemory(text)
	return bytes
}

// readFrom is what readers read: the published copy, or the database itself where none is made.
func readFrom(c *config.Config) string {
	if !c.Store.Publish {
		return c.Data("calls.duckdb")
	}
	return published(c)
}

// reader opens it, to answer as of a moment unless that is the zero time, within so much memory and so many queries at once.
func (a *app) reader(ctx context.Context, c *config.Config, asOf time.Time, memory string, connections int) (*store.Reader, error) {
	if a.noDatabase {
		return nil, errNoDatabase
	}
	options := a.storeOptions(c, readFrom(c))
	options.MemoryLimit = memory // that of the configuration is for loading
	options.Connections = connections
	options.Immutable = c.Store.Publish
	reader, err := store.OpenReader(ctx, options)
	if err != nil || asOf.IsZero() {
		return reader, err
	}
	if err := reader.AsOf(ctx, asOf); err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	return reader, nil
}

// definition finds a report's definition: the template of a configured report, or a built-in by its own name.
func (a *app) definition(c *config.Config, name string) (*report.Definition, config.Report, error) {
	entry := config.Report{Name: name, Template: name, Timezone: c.Timezone, Period: "yesterday"}
	var configured []string
	for _, r := range c.Reports {
		configured = append(configured, r.Name)
		if r.Name == name {
			entry = r
		}
	}
	text, dir, err := templateText(c, entry.Template)
	if errors.Is(err, fs.ErrNotExist) {
		hint := "there are " + strings.Join(templateNames(c), ", ")
		if len(configured) > 0 {
			hint += "; configured are " + strings.Join(configured, ", ")
		}
		if entry.Template != name {
			return nil, entry, usage(fmt.Errorf("report %s: unknown template %q\nhint: %s", name, entry.Template, hint))
		}
		return nil, entry, usage(fmt.Errorf("unknown report %q\nhint: %s", name, hint))
	}
	if err != nil {
		return nil, entry, err
	}
	definition, err := report.Parse(entry.Template, text, dir)
	if err == nil {
		err = a.checkAsked(c, definition)
	}
	return definition, entry, usage(err)
}

// checkAsked looks at what a definition asks of queries: that filters can have these values, and that the user's own queries need
// nothing that only --set gives.
func (a *app) checkAsked(c *config.Config, definition *report.Definition) error {
	for _, sheet := range definition.Sheets {
		for key, value := range sheet.Filters {
			if err := config.CheckFilter(key, value); err != nil {
				return fmt.Errorf("sheet %s, filters: %w", sheet.Name, err)
			}
		}
	}
	own, _ := queries.User(ownQueries(c)) // what is wrong with a file is said where it is asked
	given := append([]string{"from", "to", "before_from", "before_to", "since"}, config.Filters...)
	for _, name := range definition.Queries() {
		query, err := queries.Named(own, name)
		if err != nil || query.Path == "" {
			continue
		}
		for _, parameter := range query.Parameters() {
			if !slices.Contains(given, parameter) {
				return fmt.Errorf("query %s needs $%s, which no report gives\nhint: a report gives %s", name, parameter, strings.Join(given, ", "))
			}
		}
	}
	return nil
}

// ownTemplates is the folder of the user's own report definitions: NAME.yaml in it is a template, and stands for ours of the same
// name.
func ownTemplates(c *config.Config) string { return c.Path("templates") }

// templateText is a report's definition, by the path of a .yaml or by name, and the folder that paths in it are relative to.
func templateText(c *config.Config, template string) (text []byte, dir string, err error) {
	path := filepath.Join(ownTemplates(c), template+".yaml")
	if strings.HasSuffix(template, ".yaml") {
		path = c.Path(template)
	}
	text, err = os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !strings.HasSuffix(template, ".yaml") {
		text, err = templates.FS.ReadFile(template + ".yaml")
	}
	return text, filepath.Dir(path), err
}

// templateNames are those that can be named without a path: ours and the user's own.
func templateNames(c *config.Config) []string {
	ours, _ := fs.Glob(templates.FS, "*.yaml")
	own, _ := filepath.Glob(filepath.Join(ownTemplates(c), "*.yaml"))
	var names []string
	for _, path := range append(ours, own...) {
		names = append(names, strings.TrimSuffix(filepath.Base(path), ".yaml"))
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// workbook says which workbook to build.
type workbook struct {
	report  string
	period  period.Period
	filters map[string]string
	part    string    // of a burst
	asOf    time.Time // with what had been received by then; the zero time is now
	out     string    // a path; in the data folder when empty
	pdf     string    // a path for the first sheet as a page; none is made when empty
}

// buildLimit is how long a workbook may take; a year of a million calls takes a minute or two.
const buildLimit = 10 * time.Minute

// build makes a workbook from the published copy.
func (a *app) build(ctx context.Context, c *config.Config, w workbook) (path string, result report.Result, err error) {
	definition, entry, err := a.definition(c, w.report)
	if err != nil {
		return "", result, err
	}
	filters := map[string]string{}
	for key, value := range entry.Filters {
		filters[key] = value
	}
	for key, value := range w.filters {
		filters[key] = value
	}
	if w.part != "" {
		filters[config.Bursts[entry.Burst]] = w.part
	}
	source, err := a.reader(ctx, c, w.asOf, readerMemory, report.QueryConcurrency)
	if err != nil {
		return "", result, err
	}
	defer source.Close()
	path = w.out
	if path == "" {
		path = c.Data("reports", w.report, fileName(w))
	}
	if path == "-" {
		return "", result, usage(errors.New("a workbook is not written to standard output\nhint: --out takes a path; callsheet query NAME --format xlsx writes to standard output"))
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		path = filepath.Join(path, fileName(w))
	} else if err == nil && !info.Mode().IsRegular() {
		return "", result, usage(fmt.Errorf("%s is no file that a workbook could replace", path))
	}
	if err := atomicfile.MkdirReadable(filepath.Dir(path)); err != nil {
		return "", result, err
	}
	place, err := locale.Parse(c.Locale)
	if err != nil {
		return "", result, err
	}
	request := report.Request{Period: w.period, Zone: c.Zone(), Locale: place, Filters: filters, AsOf: w.asOf, Version: version, Timeout: buildLimit}
	if w.pdf != "" {
		if err := definition.PDF(ctx, source, request, w.pdf); err != nil {
			return "", result, fmt.Errorf("report %s as %s: %w", w.report, w.pdf, err)
		}
	}
	result, err = definition.Build(ctx, source, request, path)
	if err != nil {
		return "", result, fmt.Errorf("report %s for %s: %w", w.report, w.period, err)
	}
	return path, result, nil
}

// fileName tells the report, the period, what was filtered for and as of when, so that one does not replace the other: a filter is
// named with its value.
func fileName(w workbook) string {
	// The = of a filter is in no value.
	clean := func(value string) string { return notify.SafeName(strings.ReplaceAll(value, "=", "\x00")) }
	name := w.report + "-" + w.period.String()
	for _, key := range config.Filters {
		if value := w.filters[key]; value != "" {
			name += "-" + key + "=" + clean(value)
		}
	}
	if w.part != "" {
		name += "-" + clean(w.part)
	}
	if !w.asOf.IsZero() {
		name += "-as-of-" + w.asOf.Format("2006-01-02-150405")
	}
	return notify.TruncateName(name, ".xlsx")
}
