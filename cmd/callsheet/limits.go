package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/child"
	"callsheet/internal/config"
)

// limitFlags are --limit and --memory: what one statement may take.
type limitFlags struct {
	time   time.Duration
	memory string
}

func (l *limitFlags) register(command *cobra.Command) {
	command.Flags().DurationVar(&l.time, "limit", 5*time.Minute, "stop the statement after this long")
	command.Flags().StringVar(&l.memory, "memory", readerMemory, "memory the statement may take: beyond it DuckDB spills to the disk, or it is stopped; as in 4GB")
}

// besidesMemory is what the process of a statement may take besides the memory that DuckDB is given: for the program itself, and for
// the part of the result that is being written.
const besidesMemory = 256 << 20

// statementGrace is how long DuckDB may take to interrupt a statement before its process is killed: some functions see no interrupt.
const statementGrace = time.Second

// run runs the command of this process once more, in a child process, and stops that at the limits. DuckDB alone keeps neither for
// every statement.
func (l *limitFlags) run(ctx context.Context, a *app) error {
	memory, err := config.ParseMemory(l.memory)
	if err != nil {
		return usage(fmt.Errorf("--memory: %w", err))
	}
	limited, stop := context.WithTimeout(ctx, l.time)
	defer stop()
	var notes bytes.Buffer
	outcome, err := child.Command{
		Args: a.args, Stdin: os.Stdin, Stdout: a.stdout, Stderr: &notes, Memory: memory + besidesMemory, Grace: statementGrace,
	}.Run(limited)
	switch {
	case err == nil && outcome.Code == exitDone:
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		return l.tooLong()
	case err != nil:
		return l.explain(err)
	}
	if _, err := notes.WriteTo(a.stderr); err != nil || outcome.Code == exitDone {
		return err
	}
	return codeError{outcome.Code, errors.New(l.advise(outcome.Error))}
}

func (l *limitFlags) tooLong() error {
	return fmt.Errorf("the statement took longer than %s and was stopped\nhint: give it more with --limit, at the prompt with .limit", l.time)
}

// explain says why the process of a statement ended.
func (l *limitFlags) explain(err error) error {
	crash := new(child.Crash)
	switch {
	case errors.Is(err, child.ErrMemory), errors.As(err, &crash) && strings.Contains(crash.Detail, "out of memory"):
		return fmt.Errorf("the statement needed more than %s and was stopped\nhint: give it more with --memory", l.memory)
	case errors.As(err, &crash):
		if status, ok := crash.State.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGPIPE {
			return codeError{exitFailed, nil} // nobody reads on
		}
		return fmt.Errorf("DuckDB crashed (%s)\nhint: the data are as they were; write the statement in another way", crash.Detail)
	}
	return err
}

// advise puts our advice in the place of DuckDB's, whose settings are locked.
func (l *limitFlags) advise(message string) string {
	if !strings.Contains(message, "Out of Memory Error") {
		return message
	}
	message, _, _ = strings.Cut(message, "\nPossible solutions")
	if beyond, _, spilled := strings.Cut(message, "\nThis limit was set by the 'max_temp_directory_size' setting"); spilled {
		return strings.TrimSpace(beyond) + "\nhint: give it more with --memory, or with store.temp_limit: a query may spill a twentieth of it"
	}
	return strings.TrimSpace(message) + "\nhint: give it more with --memory"
}

// holdLittle has a process whose memory is watched collect its garbage before that is taken for memory that the statement needs.
func (a *app) holdLittle() {
	if a.parent != nil {
		debug.SetMemoryLimit(besidesMemory / 2)
	}
}

// memoryBytes is an amount of memory that was validated.
func memoryBytes(text string) int64 {
	bytes, _ := config.ParseMemory(text)
	return bytes
}
