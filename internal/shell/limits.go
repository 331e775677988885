package shell

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
)

// Limits bound the time and the memory of one statement.
type Limits struct {
	Time   time.Duration
	Memory string // as in 4GB
}

// processOverhead is the memory of a statement's process beyond what DuckDB is given: for the program itself, and for the part
// of the result that is being written.
const processOverhead = 256 << 20

// interruptGrace is how long DuckDB may take to interrupt a statement before its process is killed: some functions ignore
// interrupts.
const interruptGrace = time.Second

// LimitHeap makes the garbage collector of a process with limited memory run before garbage counts as the statement's memory.
func LimitHeap() { debug.SetMemoryLimit(processOverhead / 2) }

// Run runs a command line of this program in a child process and stops it at the limits. DuckDB alone does not keep them for
// every statement.
func (l Limits) Run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	memory, err := l.ProcessMemory()
	if err != nil {
		return err
	}
	limited, stop := context.WithTimeout(ctx, l.Time)
	defer stop()
	var messages bytes.Buffer
	outcome, err := child.Command{
		Args: args, Stdin: os.Stdin, Stdout: stdout, Stderr: &messages, Memory: memory, Grace: interruptGrace,
	}.Run(limited)
	switch {
	case err == nil && outcome.Code == exitcode.Done:
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		return l.timeoutError()
	case err != nil:
		return l.explain(err)
	}
	if _, err := messages.WriteTo(stderr); err != nil || outcome.Code == exitcode.Done {
		return err
	}
	return exitcode.Error{Code: outcome.Code, Err: errors.New(l.replaceHint(outcome.Error))}
}

func (l Limits) memoryBytes() (int64, error) {
	memory, err := config.ParseMemory(l.Memory)
	if err != nil {
		return 0, exitcode.UsageError(fmt.Errorf("--memory: %w", err))
	}
	return memory, nil
}

func (l Limits) timeoutError() error {
	return fmt.Errorf("the statement took longer than %s and was stopped\nhint: raise the limit with --limit, at the prompt with .limit", l.Time)
}

// explain returns a readable error for a statement whose process did not end normally.
func (l Limits) explain(err error) error {
	crash := new(child.Crash)
	switch {
	case IsOutOfMemory(err):
		return fmt.Errorf("the statement needed more than %s and was stopped\nhint: raise the limit with --memory", l.Memory)
	case errors.As(err, &crash):
		if status, ok := crash.State.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGPIPE {
			return exitcode.Error{Code: exitcode.Failed} // the reader of the output has closed it
		}
		return fmt.Errorf("DuckDB crashed (%s)\nhint: the data is unchanged; write the statement in another way", crash.Detail)
	}
	return err
}

// IsOutOfMemory reports whether a statement, or its process, was stopped because it needed too much memory.
func IsOutOfMemory(err error) bool {
	crash := new(child.Crash)
	return errors.Is(err, child.ErrMemory) || errors.As(err, &crash) && strings.Contains(crash.Detail, "out of memory") ||
		err != nil && strings.Contains(err.Error(), duckDBMemory)
}

// duckDBMemory is in the errors of DuckDB about its memory limit.
const duckDBMemory = "Out of Memory Error"

// ProcessMemory returns the memory limit of a statement's process, in bytes.
func (l Limits) ProcessMemory() (int64, error) {
	memory, err := l.memoryBytes()
	return memory + processOverhead, err
}

// replaceHint replaces DuckDB's advice on memory, which names settings that are locked.
func (l Limits) replaceHint(message string) string {
	if !strings.Contains(message, duckDBMemory) {
		return message
	}
	message, _, _ = strings.Cut(message, "\nPossible solutions")
	if spillError, _, spilled := strings.Cut(message, "\nThis limit was set by the 'max_temp_directory_size' setting"); spilled {
		return strings.TrimSpace(spillError) + "\nhint: raise the limit with --memory, or with store.temp_limit: a query may spill a twentieth of it"
	}
	return strings.TrimSpace(message) + "\nhint: raise the limit with --memory"
}
