package config

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
)

// fixed returns the settings that a process with a collector keeps until it is restarted, by key. Beside them, collector.tls cannot be
// turned on or off.
func (c *Config) fixed() map[string]*string {
	return map[string]*string{
		"data_dir": &c.DataDir, "collector.listen": &c.Collector.Listen, "collector.admin_listen": &c.Collector.AdminListen,
		"collector.id": &c.Collector.ID, "log.format": &c.Log.Format,
	}
}

// KeepFixed sets what cannot change without a restart to the values of the running configuration, of the same file. It returns the keys
// that differed.
func (c *Config) KeepFixed(running *Config) (keys []string) {
	sameFolder := c.Data() == running.Data()
	kept, next := running.fixed(), c.fixed()
	for _, key := range slices.Sorted(maps.Keys(kept)) {
		if *next[key] != *kept[key] && !(key == "data_dir" && sameFolder) {
			keys = append(keys, key)
		}
		*next[key] = *kept[key]
	}
	if (c.Collector.TLS.CertFile == "") != (running.Collector.TLS.CertFile == "") {
		keys = append(keys, "collector.tls")
		c.Collector.TLS = running.Collector.TLS
	}
	lake, runningLake := c.Store.Lake, running.Store.Lake
	lake.MaintainEvery, runningLake.MaintainEvery = 0, 0
	if lake != runningLake {
		keys = append(keys, "store.lake")
		runningLake.MaintainEvery = c.Store.Lake.MaintainEvery
		c.Store.Lake = runningLake
	}
	c.started = running.started
	if c.started == nil {
		c.started = running.text
	}
	return keys
}

// Fingerprint identifies what a collector reads when it starts: the file, and the tokens_file of each source. Other secrets are read
// when they are used.
func (c *Config) Fingerprint() string {
	hash := sha256.New()
	hash.Write(c.text)
	for _, source := range c.Collector.Sources {
		if source.TokensFile != "" {
			tokens, err := c.readSecretFile(source.TokensFile)
			fmt.Fprintf(hash, "\x00%s\x00%t\x00%s", source.Name, err == nil, tokens)
		}
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// FileFingerprint returns the fingerprint of a file. A file with mistakes has one, too.
func FileFingerprint(path string) (string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	c, err := parseFile(path, text)
	if err != nil {
		c = &Config{text: text}
	}
	return c.Fingerprint(), nil
}

// running is a configuration in force, as sent to a child process.
type running struct {
	Text    []byte `json:"text"`    // of the file when it was read
	Started []byte `json:"started"` // the same when the process was started, whose settings KeepFixed kept; null if Text is of that time
}

// WriteRunning writes the configuration for ReadRunning.
func (c *Config) WriteRunning(w io.Writer) error {
	return json.NewEncoder(w).Encode(running{c.text, c.started})
}

// ReadRunning reads the configuration that the parent process has in force. The file at path may be another by now.
func ReadRunning(path string, from io.Reader) (*Config, error) {
	var r running
	if err := json.NewDecoder(from).Decode(&r); err != nil {
		return nil, fmt.Errorf("reading the configuration of the parent process: %w", err)
	}
	c, err := parseFile(path, r.Text)
	if err != nil || r.Started == nil {
		return c, err
	}
	started, err := parseFile(path, r.Started)
	if err != nil {
		return nil, err
	}
	c.KeepFixed(started)
	return c, nil
}
