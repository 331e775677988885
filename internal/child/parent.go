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

// environment is the variable that marks a process as a child and has its memory limit.
const environment = "CALLSHEET_CHILD"

// IsChild reports whether this process was started as a child, for the TestMain of a test binary.
func IsChild() bool { return os.Getenv(environment) != "" }

// Parent is the connection of a child to its parent.
type Parent struct {
	mutex sync.Mutex
	pipe  *json.Encoder
}

// Attach applies the memory limit from the parent and returns the connection to it, nil if this process is not a child. It is called
// before everything that needs memory.
func Attach() (*Parent, error) {
	text := os.Getenv(environment)
	if text == "" {
		return nil, nil
	}
	if err := os.Unsetenv(environment); err != nil { // not for processes that this one starts
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

// Send sends a message. Without a parent it does nothing.
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

// End sends the outcome, the last frame.
func (p *Parent) End(outcome Outcome) error { return p.send(frame{Outcome: &outcome}) }

func (p *Parent) send(f frame) error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.pipe.Encode(f)
}
