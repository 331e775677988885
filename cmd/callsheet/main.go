// Command callsheet turns telephony webhooks into numbers and workbooks.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // zones must be there on a machine that has none

	"callsheet/internal/child"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is main without the exit, so that command tests can call it.
func run(args []string) int {
	closeNewFiles()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	a := &app{stdout: os.Stdout, stderr: os.Stderr, now: time.Now, args: args}
	var err error
	if a.parent, err = child.Attach(); err != nil {
		fmt.Fprintln(os.Stderr, "callsheet:", err)
		return exitFailed
	}
	root := newRoot(a)
	root.SetArgs(args)
	err = root.ExecuteContext(ctx)
	code, message := exitDone, ""
	if err != nil {
		code, message = exitCode(err), strings.TrimPrefix(err.Error(), "callsheet: ")
	}
	if a.actsAs != "" && strings.Contains(strings.ToLower(message), "permission denied") { // DuckDB's has no other form
		message += fmt.Sprintf("\nhint: started by root, it acts as %s, the owner of the folder it works in; give that user access, or use another path", a.actsAs)
	}
	switch {
	case a.parent != nil:
		if err := a.parent.End(child.Outcome{Code: code, Error: message}); err != nil {
			fmt.Fprintln(os.Stderr, "callsheet:", err)
		}
	case message != "":
		fmt.Fprintln(os.Stderr, "callsheet:", escapedLines(message))
	}
	return code
}

// The exit codes that scripts rely on.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
	exitLook   = 3
)

// codeError carries an exit code up to main.
type codeError struct {
	code int
	err  error
}

func (e codeError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e codeError) Unwrap() error { return e.err }

// usage marks an error in what was asked or configured.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return codeError{exitUsage, err}
}

// needsALook ends a command that did its work and has said what is not as it should be.
func needsALook(err error) error { return codeError{exitLook, err} }

func exitCode(err error) int {
	var coded codeError
	if errors.As(err, &coded) {
		return coded.code
	}
	return exitFailed
}
