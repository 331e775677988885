//go:build unix

package main

import "syscall"

// closeNewFiles makes what the program creates readable by its owner only, DuckDB's files too. What is for other users gets its mode by
// name: see atomicfile.Readable.
func closeNewFiles() { syscall.Umask(0o077) }
