package child

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"syscall"
)

// environment names the variable that tells a child that it is one, and its memory.
const environment = "CALLSHEET_CHILD"

// IsChild reports whether this process was started as a child; a test binary's TestMain needs to know.
func IsChild() bool { return os.Getenv(environment) != "" }

// Parent is what a child knows of its parent.
type Parent struct {
	mutex sync.Mutex
	pipe  *json.Encoder
}

// Attach limits this process as its parent asked for; nil is a process that is no child. It comes before everything that takes
// memory.
func Attach() (*Parent, error) {
	text := os.Getenv(environment)
	if text == "" {
		return nil, nil
	}
	if err := os.Unsetenv(environment); err != nil { // of no concern to what this process starts
		return nil, err
	}
	memory, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", environment, err)
	}
	syscall.CloseOnExec(3)
	pipe := os.NewFile(3, "parent")
	if pipe == nil {
		return nil, errors.New("no pipe to the parent process")
	}
	if err := limit(memory); err != nil {
		return nil, err
	}
	return &Parent{pipe: json.NewEncoder(pipe)}, nil
}

// Send sends a message; without a parent there is nobody to send it to.
func (p *Parent) Send(message any) error {
	if p == nil {
		return nil
	}
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	return p.send(frame{Message: text})
}

// End sends how the command ended; nothing comes after it.
func (p *Parent) End(outcome Outcome) error { return p.send(frame{Outcome: &outcome}) }

func (p *Parent) send(f frame) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.pipe.Encode(f)
}
