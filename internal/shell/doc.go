// Package shell is what an analyst sees of SQL: the writer of result tables in every format, the limits of a statement, and
// the interactive prompt. The prompt (Prompt) runs its statements in a child process (Session), which is killed when a
// statement exceeds its limits.
package shell
