package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"callsheet"
	"callsheet/internal/exitcode"
)

func configCommand(a *app) *cobra.Command {
	var example bool
	command := &cobra.Command{
		Use:   "config",
		Short: "Print an example configuration with every key",
		Long: `config --example prints a configuration with every key, its default and what it is for. callsheet init writes a short one to begin
with, and callsheet check finds mistakes in it.`,
		Example: `  callsheet config --example
  callsheet config --example | grep -A3 short_abandon`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if !example {
				return exitcode.UsageError(errors.New("nothing to print\nhint: callsheet config --example prints every key; callsheet check checks " + a.configPath))
			}
			_, err := fmt.Fprint(a.stdout, callsheet.ExampleConfig)
			return err
		},
	}
	command.Flags().BoolVar(&example, "example", false, "print every key with its default")
	return command
}
