// Package child runs commands of this program in child processes of the same binary, so that a crash, a hang or a lack of memory ends
// the command and not the program.
//
// A child writes frames to its parent over a pipe, file descriptor 3. Frames are JSON values: messages of the command and, at the end, its
// outcome. A child that ends without an outcome has crashed.
package child

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ErrMemory is returned for a child that was killed because it used more than Command.Memory.
var ErrMemory = errors.New("out of memory")

// Crash is returned for a child that ended without an outcome.
type Crash struct {
	Detail string // the reason: "signal: killed", "SIGSEGV: segmentation violation"
	State  *os.ProcessState
}

func (c *Crash) Error() string { return "crashed (" + c.Detail + ")" }

// Outcome is how a command ended.
type Outcome struct {
	Code  int    `json:"code"`            // its exit code
	Error string `json:"error,omitempty"` // its message; may be empty if the code is not 0
}

// frame is sent over the pipe.
type frame struct {
	Message json.RawMessage `json:"message,omitempty"`
	Outcome *Outcome        `json:"outcome,omitempty"`
}

// Command describes a child.
type Command struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Memory         int64                         // limit in bytes, without mapped files; over it the child is killed; 0 for no limit
	Group          bool                          // in a separate process group, which is stopped as a whole
	Low            bool                          // of lower priority than this process, which goes on to the child's own children; needs Group
	Grace          time.Duration                 // between SIGTERM and SIGKILL
	Receive        func(message json.RawMessage) // called with each message, in order; may be nil
	Signals        <-chan syscall.Signal         // that are sent to the child; may be nil
}

// Process is a child that was started.
type Process struct {
	command Command
	exec    *exec.Cmd
	crash   crashLine
	ended   chan struct{} // closed when the child has ended and the fields below are set

	outcome   *Outcome
	err       error
	overLimit atomic.Bool
}

// Run starts a child and waits for it. If ctx ends first, the child is stopped.
func (c Command) Run(ctx context.Context) (Outcome, error) {
	p, err := c.Start()
	if err != nil {
		return Outcome{}, err
	}
	for {
		select {
		case <-p.ended:
		case signal := <-c.Signals:
			p.Signal(signal)
			continue
		case <-ctx.Done():
			p.stop()
		}
		return p.Wait()
	}
}

// Start starts a child. The kernel kills it when this process dies.
func (c Command) Start() (*Process, error) {
	messages, childEnd, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &Process{command: c, ended: make(chan struct{})}
	p.crash.next = c.Stderr
	p.exec = exec.Command(self())
	p.exec.Args = append(os.Args[:1:1], c.Args...)
	p.exec.Env = append(os.Environ(), fmt.Sprintf("%s=%d", environment, c.Memory))
	p.exec.Stdin, p.exec.Stdout, p.exec.Stderr = c.Stdin, c.Stdout, &p.crash
	p.exec.ExtraFiles = []*os.File{childEnd}
	p.exec.SysProcAttr = attributes(c.Group)
	p.exec.WaitDelay = time.Second // a grandchild may keep the pipes open
	started := make(chan error, 1)
	go func() {
		// The kernel kills the child when the thread that started it ends, so the thread must live as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.exec.Start()
		childEnd.Close()
		if err == nil && c.Low {
			lower(p.exec.Process.Pid)
		}
		started <- err
		if err == nil {
			p.wait(messages)
		}
		messages.Close()
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting a child process: %w", err)
	}
	return p, nil
}

// wait receives the messages, watches the memory and sets the result.
func (p *Process) wait(messages io.Reader) {
	defer close(p.ended)
	var watchers sync.WaitGroup
	exited := make(chan struct{})
	watchers.Go(func() { p.receive(messages) })
	if p.command.Memory > 0 {
		watchers.Go(func() { p.watchMemory(exited) })
	}
	err := p.exec.Wait()
	close(exited)
	watchers.Wait()
	switch {
	case p.outcome != nil:
	case p.overLimit.Load():
		p.err = ErrMemory
	case p.exec.ProcessState == nil:
		p.err = err
	default:
		p.err = &Crash{Detail: p.crash.detail(p.exec.ProcessState), State: p.exec.ProcessState}
	}
}

func (p *Process) receive(messages io.Reader) {
	decoder := json.NewDecoder(messages)
	for {
		var f frame
		if decoder.Decode(&f) != nil {
			return
		}
		if f.Outcome != nil {
			p.outcome = f.Outcome
		} else if p.command.Receive != nil {
			p.command.Receive(f.Message)
		}
	}
}

// memoryInterval is how often the memory of a child is checked. Memory can be filled at some 2 GB/s.
const memoryInterval = 10 * time.Millisecond

func (p *Process) watchMemory(exited <-chan struct{}) {
	ticker := time.NewTicker(memoryInterval)
	defer ticker.Stop()
	for {
		select {
		case <-exited:
			return
		case <-ticker.C:
			if used, ok := memoryOf(p.exec.Process.Pid); ok && used > p.command.Memory {
				p.overLimit.Store(true)
				p.Kill()
				return
			}
		}
	}
}

// Ended returns a channel that is closed when the child has ended.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// Wait waits until the child has ended. The error is ErrMemory, a *Crash, or an error of the operating system.
func (p *Process) Wait() (Outcome, error) {
	<-p.ended
	if p.outcome == nil {
		return Outcome{}, p.err
	}
	return *p.outcome, p.err
}

// stop sends SIGTERM to the child and, if it has not ended after the command's Grace, SIGKILL. It waits until the child has ended.
func (p *Process) stop() {
	p.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(p.command.Grace):
		p.Kill()
		<-p.ended
	}
}

// Kill sends SIGKILL to the child.
func (p *Process) Kill() { p.Signal(syscall.SIGKILL) }

// Signal sends a signal to the child or its group, if the child has not ended.
func (p *Process) Signal(signal syscall.Signal) {
	select {
	case <-p.ended:
		return
	default:
	}
	if p.command.Group {
		_ = syscall.Kill(-p.exec.Process.Pid, signal)
		return
	}
	_ = p.exec.Process.Signal(signal)
}

// crashLine forwards standard error and keeps the line in which the Go runtime or the C++ library reports a crash.
type crashLine struct {
	next   io.Writer
	line   bytes.Buffer // the current line
	reason string
}

// maxLine is how much of a line is kept.
const maxLine = 200

func (c *crashLine) Write(text []byte) (int, error) {
	for rest := text; len(rest) > 0 && c.reason == ""; {
		line, after, whole := bytes.Cut(rest, []byte("\n"))
		c.line.Write(line[:min(len(line), max(maxLine-c.line.Len(), 0))])
		rest = after
		if !whole {
			break
		}
		for _, prefix := range []string{"SIG", "fatal error: ", "panic: ", "runtime: out of memory"} {
			if strings.HasPrefix(c.line.String(), prefix) {
				c.reason = strings.TrimPrefix(c.line.String(), "fatal error: ")
			}
		}
		c.line.Reset()
	}
	if c.next == nil {
		return len(text), nil
	}
	return c.next.Write(text)
}

func (c *crashLine) detail(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); c.reason == "" || ok && status.Signaled() && status.Signal() == syscall.SIGKILL {
		return state.String()
	}
	return c.reason
}
