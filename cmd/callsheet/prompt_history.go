package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// historyPath is where the XDG base directories have what a program remembers.
func historyPath() (string, error) {
	home, err := os.UserHomeDir()
	state := os.Getenv("XDG_STATE_HOME")
	if state == "" && err != nil {
		return "", err
	}
	return filepath.Join(cmp.Or(state, filepath.Join(home, ".local", "state")), "callsheet", "history"), nil
}

// readHistory reads what was typed in earlier sessions.
func (p *prompt) readHistory() {
	path, err := historyPath()
	if err != nil {
		p.forget(err)
		return
	}
	p.history = path
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		p.forget(err)
	}
	for line := range strings.Lines(string(text)) {
		p.editor.AppendHistory(strings.TrimSuffix(line, "\n")) // which keeps the last thousand
	}
}

// remember adds what was typed to the history, in one line if it can be. It is added at once and not when the prompt is left,
// since there may be other prompts.
func (p *prompt) remember(typed string) {
	line, ok := oneLine(typed)
	if !ok {
		line = strings.TrimRight(typed, "\n")
	}
	if line == "" {
		return
	}
	for one := range strings.Lines(line) {
		p.editor.AppendHistory(strings.TrimSuffix(one, "\n"))
	}
	if p.history == "" {
		return
	}
	if err := appendHistory(p.history, line); err != nil {
		p.forget(err)
	}
}

// forget says once that the history is of this session only.
func (p *prompt) forget(err error) {
	fmt.Fprintf(p.stderr, "what is typed will not be remembered: %v\n", err)
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
