package monitor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"callsheet/internal/atomicfile"
	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/spool"
)

// ProcessStatus is the process that collects into a data folder, and the configuration that it uses. It is kept in process.json.
type ProcessStatus struct {
	PID        int       `json:"pid"`
	Command    string    `json:"command"` // serve or collect
	StartedAt  time.Time `json:"started_at"`
	Config     string    `json:"config"` // the path of the file
	ReadAt     time.Time `json:"config_read_at"`
	NotApplied []string  `json:"not_applied,omitempty"` // keys of the file that differ from those in force until a restart
	Refused    string    `json:"refused,omitempty"`     // why the file was refused, when it was read last
	Host       string    `json:"host,omitempty"`
	Boot       string    `json:"boot,omitempty"` // identifies the running kernel, which containers share; empty if unknown

	Fingerprint        string `json:"fingerprint"`
	RefusedFingerprint string `json:"refused_fingerprint,omitempty"`
}

// Process tells status which configuration this process uses, until Close.
type Process struct {
	path       string
	now        func() time.Time
	status     ProcessStatus
	lock       *atomicfile.Lock
	successful prometheus.Gauge
	readAt     prometheus.Gauge
}

const (
	processFile = "process.json"
	processLock = ".process.lock" // held by the process; process.json may be of one that was killed
)

// processLockTimeout is how long to wait for a status that is looking whether the lock is held.
const processLockTimeout = 5 * time.Second

// StartProcess returns the record of a command that has started to collect. The record is written by Applied.
func StartProcess(ctx context.Context, command string, c *config.Config, configPath string, registry *prometheus.Registry, now func() time.Time) (*Process, error) {
	lock, err := atomicfile.TakeLock(ctx, c.Data(processLock), "the data folder "+c.Data(), processLockTimeout)
	if err != nil {
		return nil, err
	}
	p := &Process{
		path: c.Data(processFile), now: now, lock: lock,
		status: ProcessStatus{PID: os.Getpid(), Command: command, StartedAt: now(), Config: configPath, Boot: bootID()},
		successful: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "callsheet_config_last_reload_successful", Help: "1 if the configuration that was read last is in force, 0 if it was refused.",
		}),
		readAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "callsheet_config_last_reload_success_timestamp_seconds", Help: "When the configuration in force was read.",
		}),
	}
	p.status.Host, _ = os.Hostname()
	registry.MustRegister(p.successful, p.readAt)
	return p, nil
}

// Applied records the configuration that is now in force, and the keys that are not before a restart.
func (p *Process) Applied(c *config.Config, notApplied []string) error {
	p.status.ReadAt, p.status.Fingerprint, p.status.NotApplied = p.now(), c.Fingerprint(), notApplied
	p.status.Refused, p.status.RefusedFingerprint = "", ""
	p.successful.Set(1)
	p.readAt.Set(float64(p.now().Unix()))
	return p.Write()
}

// Refused records that the file at path is not used, and why. The earlier configuration stays in force.
func (p *Process) Refused(path string, reason error) error {
	p.status.Refused = reason.Error()
	p.status.RefusedFingerprint, _ = config.FileFingerprint(path) // empty if it cannot be read
	p.successful.Set(0)
	return p.Write()
}

// Write writes the record again, after an error.
func (p *Process) Write() error {
	text, err := json.Marshal(p.status)
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(atomicfile.OS{}, p.path, text)
}

// Close removes the record.
func (p *Process) Close() error {
	return errors.Join(atomicfile.RemoveIfExists(atomicfile.OS{}, p.path), p.lock.Release())
}

// readProcess reads which process collects, if one does, and whether it uses the configuration of the file. A process that ended without removing
// its record, since it was killed or the machine failed, is an alarm.
func (s *Status) readProcess(c *config.Config, configPath string) error {
	path := c.Data(processFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) { // none collects, or it is starting or stopping
		return nil
	}
	var process ProcessStatus
	if err == nil {
		err = json.Unmarshal(text, &process)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	held, err := atomicfile.IsHeld(c.Data(processLock))
	if err != nil {
		return err
	}
	if held {
		s.Process = &process
		s.checkConfig(configPath, c.Zone())
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || process.isElsewhere() {
		return nil // it has just stopped, or its lock may not be seen here
	}
	s.addAlarm("process", say("warn_process_ended", say("process_name", process.Command, process.PID), display.ZonedTime(process.StartedAt.In(c.Zone())),
		display.ZonedTime(process.lastSeen(c).In(c.Zone())), path))
	return nil
}

// lastSeen returns the latest time at which the process is known to have run.
func (p ProcessStatus) lastSeen(c *config.Config) time.Time {
	seen := p.ReadAt
	if synced, err := spool.LastSynced(c.SpoolDir()); err == nil && synced.After(seen) {
		seen = synced
	}
	return seen
}

// isElsewhere reports whether the process ran on another machine.
func (p ProcessStatus) isElsewhere() bool {
	host, _ := os.Hostname()
	return p.Host != "" && p.Host != host && (p.Boot == "" || p.Boot != bootID())
}

// bootID identifies the running kernel; it is empty if that is unknown.
func bootID() string {
	text, _ := os.ReadFile("/proc/sys/kernel/random/boot_id") // of Linux
	return strings.TrimSpace(string(text))
}

// checkConfig warns if the running process does not use what the file says.
func (s *Status) checkConfig(configPath string, zone *time.Location) {
	process := s.Process
	since := display.ZonedTime(process.ReadAt.In(zone))
	who := say("process_name", process.Command, process.PID)
	reload := say("reload", process.PID)
	if len(process.NotApplied) > 0 {
		s.Warnings = append(s.Warnings, say("warn_not_applied", who, strings.Join(process.NotApplied, ", ")))
	}
	fingerprint, err := config.FileFingerprint(configPath)
	switch {
	case err != nil:
		s.addAlarm("configuration", say("warn_config_unreadable", who, since, err))
	case fingerprint == process.Fingerprint:
	case fingerprint == process.RefusedFingerprint:
		s.addAlarm("configuration", say("warn_config_refused", who, since, process.Refused, reload))
	case !sameFile(configPath, process.Config):
		s.Warnings = append(s.Warnings, say("warn_config_other", who, process.Config))
	default:
		s.Warnings = append(s.Warnings, say("warn_config_changed", who, since, reload))
	}
}

func sameFile(a, b string) bool {
	one, err := os.Stat(a)
	other, otherErr := os.Stat(b)
	return err == nil && otherErr == nil && os.SameFile(one, other)
}
