package shell

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// historyPath returns the path of the history file, below the XDG state directory.
func historyPath() (string, error) {
	home, err := os.UserHomeDir()
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" && err != nil {
		return "", err
	}
	return filepath.Join(cmp.Or(state, filepath.Join(home, ".local", "state")), "callsheet", "history"), nil
}

// loadHistory reads the input of earlier sessions.
func (p *Prompt) loadHistory() {
	path, err := historyPath()
	if err != nil {
		p.disableHistory(err)
		return
	}
	p.history = path
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.disableHistory(err)
	}
	for line := range strings.Lines(string(text)) {
		p.editor.AppendHistory(strings.TrimSuffix(line, "\n")) // which keeps the last thousand
	}
}

// addToHistory adds the input to the history, as one line where possible. It is written at once and not on exit, since other
// prompts may run at the same time.
func (p *Prompt) addToHistory(input string) {
	line, ok := singleLine(input)
	if !ok {
		line = strings.TrimRight(input, "\n")
	}
	if line == "" {
		return
	}
	for l := range strings.Lines(line) {
		p.editor.AppendHistory(strings.TrimSuffix(l, "\n"))
	}
	if p.history == "" {
		return
	}
	if err := appendHistory(p.history, line); err != nil {
		p.disableHistory(err)
	}
}

// disableHistory keeps the history in memory only, and prints why.
func (p *Prompt) disableHistory(err error) {
	fmt.Fprintf(p.Stderr, "the history of this session is not saved: %v\n", err)
	p.history = ""
}

func appendHistory(path, line string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line + "\n")
	return errors.Join(err, file.Close())
}
