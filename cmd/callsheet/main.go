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
	_ "time/tzdata" // for machines without a time zone database

	"callsheet/internal/child"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/job"
)

func main() {
	os.Exit(run(os.Args[1:]))
}

// run is main without the exit.
func run(args []string) int {
	setUmask()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	stdout := &output{File: os.Stdout}
	a := &app{stdout: stdout, stderr: os.Stderr, now: time.Now, args: args}
	var err error
	if a.parent, err = child.Attach(); err != nil {
		fmt.Fprintln(os.Stderr, "callsheet:", err)
		return exitcode.Failed
	}
	if a.parent != nil {
		signal.Ignore(syscall.SIGHUP) // pkill -HUP callsheet is for the parent
	}
	root := newRoot(a)
	root.SetArgs(args)
	err = root.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil && !a.collects {
		err = interrupted(err)
	}
	if stdout.err != nil && (err == nil || exitcode.Of(err) == exitcode.Warnings) {
		err = stdout.err
	}
	code, message := exitcode.Of(err), ""
	if err != nil {
		message = strings.TrimPrefix(err.Error(), "callsheet: ")
	}
	if a.runsAs != "" && strings.Contains(strings.ToLower(message), "permission denied") { // an error of DuckDB has no type to test for
		message += fmt.Sprintf("\nhint: callsheet was started by root and runs as %s, the owner of its folder; give that user access, or use another path", a.runsAs)
	}
	switch {
	case a.parent != nil:
		if err := a.parent.End(child.Outcome{Code: code, Error: message}); err != nil {
			fmt.Fprintln(os.Stderr, "callsheet:", err)
		}
	case message != "":
		fmt.Fprintln(os.Stderr, "callsheet:", display.EscapeLines(message))
	}
	return code
}

// interrupted returns the error of a command that Ctrl-C or a supervisor stopped. What failed because of that is no news.
func interrupted(err error) error {
	if errors.Is(err, job.ErrStopped) { // which says how to go on
		return fmt.Errorf("interrupted: %w", err)
	}
	return errors.New("interrupted")
}
