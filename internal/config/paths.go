package config

import "path/filepath"

// Path returns the absolute path of a path in the file.
func (c *Config) Path(path string) string {
	if filepath.IsAbs(path) || c.file == "" {
		return path
	}
	return filepath.Join(filepath.Dir(c.file), path)
}

// Data returns a path in data_dir.
func (c *Config) Data(elements ...string) string {
	return filepath.Join(append([]string{c.Path(c.DataDir)}, elements...)...)
}

// SpoolDir is the folder of the spool files.
func (c *Config) SpoolDir() string { return c.Data("spool") }

// Database is the database that loads write; with a lake, the file of its definitions on this machine.
func (c *Config) Database() string {
	if c.Store.Lake.Enabled() {
		return c.Data("lake.duckdb")
	}
	return c.DatabaseFile()
}

// DatabaseFile is the database file that loads write without a lake.
func (c *Config) DatabaseFile() string { return c.Data("calls.duckdb") }

// PublishedDatabase is the read-only copy of the database.
func (c *Config) PublishedDatabase() string { return c.Data("published", "calls.duckdb") }

// Publishes reports whether loads publish a copy of the database. With a lake they do not: everybody reads the lake.
func (c *Config) Publishes() bool { return c.Store.Publish && !c.Store.Lake.Enabled() }

// ReadDatabase is the database that readers open: the published copy, or the database itself where none is published.
func (c *Config) ReadDatabase() string {
	if c.database != "" {
		return c.database
	}
	if c.Publishes() {
		return c.PublishedDatabase()
	}
	return c.Database()
}

// RunLedger is the file that records the runs of reports.
func (c *Config) RunLedger() string { return c.Data("runs.ndjson") }

// ForDatabase returns a configuration to read a published database with, by somebody who may not read the configuration of the service.
// scratch is a folder for temporary files.
func ForDatabase(path, timezone, scratch string) *Config {
	c := Default()
	c.database, c.Timezone, c.DataDir = path, timezone, scratch
	return &c
}

// UserQueries is the folder of the user's named queries, beside the configuration; empty without one.
func (c *Config) UserQueries() string {
	if c.database != "" {
		return ""
	}
	return c.Path("queries")
}

// UserTemplates is the folder of the user's templates, beside the configuration. A template in it replaces a built-in one of the
// same name.
func (c *Config) UserTemplates() string { return c.Path("templates") }

// FindReport returns a configured report.
func (c *Config) FindReport(name string) (Report, bool) {
	for _, report := range c.Reports {
		if report.Name == name {
			return report, true
		}
	}
	return Report{}, false
}
