// Package exitcode has the exit codes that scripts rely on, and the errors that carry them. The processes that callsheet
// starts report their outcome with the same codes.
package exitcode

import "errors"

const (
	Done     = 0 // the command did its work
	Failed   = 1 // the command failed
	Usage    = 2 // the arguments or the configuration are wrong
	Warnings = 3 // the command did its work, and something needs attention
)

// Error is an error with the exit code of the program that returns it. Err may be nil where the code says it all.
type Error struct {
	Code int
	Err  error
}

func (e Error) Error() string {
	if e.Err == nil {
		return ""
	}
	return e.Err.Error()
}

func (e Error) Unwrap() error { return e.Err }

// UsageError marks a mistake in the arguments or in the configuration.
func UsageError(err error) error {
	if err == nil {
		return nil
	}
	return Error{Usage, err}
}

// WarningError is the error of a command that did its work and names what needs attention.
func WarningError(err error) error { return Error{Warnings, err} }

// Of returns the exit code of a program that ends with err.
func Of(err error) int {
	if err == nil {
		return Done
	}
	if coded := (Error{}); errors.As(err, &coded) {
		return coded.Code
	}
	return Failed
}
