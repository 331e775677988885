package main

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/pipeline"
)

// app is what the commands share of the process.
type app struct {
	configPath     string
	stdout, stderr io.Writer
	now            func() time.Time
	args           []string       // the command line; nil in a test that runs a command in-process
	parent         *child.Parent  // the process that started this one as its child; may be nil
	collects       bool           // it runs until it is stopped, which is no error
	runsAs         string         // the user that root switched to; empty if it did not
	runningConfig  bool           // standard input has the configuration that the parent has in force
	level          *slog.LevelVar // of the log, once there is one; a reload changes it
}

// startsChildren reports whether a command that needs a child process starts it: a child itself does not.
func (a *app) startsChildren() bool { return a.parent == nil && a.args != nil }

// config reads the configuration file and switches to the owner of the data.
func (a *app) config() (*config.Config, error) {
	load := func() (*config.Config, error) { return config.Load(a.configPath) }
	if a.runningConfig {
		load = func() (*config.Config, error) { return config.ReadRunning(a.configPath, os.Stdin) }
	}
	c, err := load()
	if err != nil {
		return nil, exitcode.UsageError(err)
	}
	if info, err := os.Stat(c.Data()); err == nil && !info.IsDir() {
		return nil, exitcode.UsageError(fmt.Errorf("data_dir: %s is not a folder\nhint: move the file away, or set another data_dir", c.Data()))
	}
	return c, a.switchToOwner(c.Data(), c.SpoolDir())
}

// switchToOwner makes a process of root run as the service user, who owns the folders.
func (a *app) switchToOwner(folders ...string) error {
	name, err := switchToOwner(folders...)
	a.runsAs = cmp.Or(name, a.runsAs)
	return err
}

// open reads the configuration file and returns the pipeline on its data.
func (a *app) open() (*pipeline.Pipeline, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	return a.pipeline(c), nil
}

func (a *app) pipeline(c *config.Config) *pipeline.Pipeline {
	return &pipeline.Pipeline{
		Config: c, ConfigPath: a.configPath, Version: version, Now: a.now, Uptime: uptime,
		Log: a.logger(c), Stderr: a.stderr, Parent: a.parent,
	}
}

// levelOf returns the configured level of the log.
func levelOf(c *config.Config) (level slog.Level) {
	if err := level.UnmarshalText([]byte(c.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	return level
}

// logger writes to standard error in the configured format.
func (a *app) logger(c *config.Config) *slog.Logger {
	if a.level == nil {
		a.level = new(slog.LevelVar)
	}
	a.level.Set(levelOf(c))
	options := &slog.HandlerOptions{Level: a.level}
	if c.Log.Format == "json" {
		options.ReplaceAttr = durationsInSeconds
		return slog.New(slog.NewJSONHandler(a.stderr, options))
	}
	return slog.New(slog.NewTextHandler(a.stderr, options))
}

// durationsInSeconds replaces durations, which slog writes to JSON as nanoseconds.
func durationsInSeconds(_ []string, attr slog.Attr) slog.Attr {
	if attr.Value.Kind() == slog.KindDuration {
		attr.Value = slog.Float64Value(attr.Value.Duration().Seconds())
	}
	return attr
}
