package main

import (
	"io"
	"os"
)

// output is standard output. It keeps the first error of a write, so that no command reports success for a result that was not written.
type output struct {
	*os.File
	err error
}

func (o *output) Write(text []byte) (int, error) {
	n, err := o.File.Write(text)
	if o.err == nil {
		o.err = err
	}
	return n, err
}

func (o *output) WriteString(text string) (int, error) { return o.Write([]byte(text)) }

// fileOf returns the file of an output, for a child process or a terminal.
func fileOf(stdout io.Writer) io.Writer {
	if o, ok := stdout.(*output); ok {
		return o.File
	}
	return stdout
}
