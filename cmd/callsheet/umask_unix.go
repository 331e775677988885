//go:build unix

package main

import "syscall"

// setUmask makes new files readable by their owner only, DuckDB's too. Files for other users get their mode explicitly: see
// atomicfile.Readable.
func setUmask() { syscall.Umask(0o077) }
