package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"callsheet/config"
)

// limitFlags are --limit and --memory: what one statement may take.
type limitFlags struct {
	time   time.Duration
	memory string
}

func (l *limitFlags) register(command *cobra.Command) {
	command.Flags().DurationVar(&l.time, "limit", 5*time.Minute, "stop the statement after this long")
	command.Flags().StringVar(&l.memory, "memory", readerMemory, "memory the statement may take before it spills to the disk, as in 4GB")
}

// run stops do when its time is over.
func (l *limitFlags) run(ctx context.Context, do func(ctx context.Context) error) error {
	limited, stop := context.WithTimeout(ctx, l.time)
	defer stop()
	err := do(limited)
	if errors.Is(limited.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("the statement took longer than %s and was stopped\nhint: give it more with --limit, at the prompt with .limit", l.time)
	}
	return err
}

// memoryBytes is an amount of memory that was validated.
func memoryBytes(text string) int64 {
	bytes, _ := config.ParseMemory(text)
	return bytes
}
