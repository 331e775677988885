package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"callsheet/internal/exitcode"
	"callsheet/internal/suggest"
)

// flagError adds the usage exit code and a hint to an error about a flag: the nearest flag, or how to write the value.
func flagError(c *cobra.Command, err error) error {
	hint := fmt.Sprintf("%s --help shows the flags", c.CommandPath())
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if !f.Hidden {
				names = append(names, f.Name)
			}
		})
		if c.Name() == "sql" && strings.ContainsAny(unknown.GetSpecifiedName(), " \n") { // a comment
			hint = fmt.Sprintf("write -- in front of SQL that begins with a comment: %s -- '-- …'", c.CommandPath())
		} else if near := suggest.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			hint = fmt.Sprintf("did you mean --%s?", near)
		}
	case errors.As(err, &invalid):
		flag, value := invalid.GetFlag(), invalid.GetValue()
		kind := flag.Value.Type()
		switch {
		case kind == "duration":
			kind = "duration such as 30s, 10m or 2h"
			if written := suggest.Duration(value); written != "" {
				hint = strings.Replace(written, "write ", "write --"+flag.Name+" ", 1)
			}
		case strings.HasPrefix(kind, "uint"):
			kind = "whole number, 0 or more"
		case strings.Contains(kind, "int"):
			kind = "whole number"
		}
		err = fmt.Errorf("--%s %q is not a %s", flag.Name, value, kind)
	}
	return exitcode.UsageError(fmt.Errorf("%w\nhint: %s", err, hint))
}

// exclusiveFlags is where cobra keeps the groups of MarkFlagsMutuallyExclusive that a flag is in, each with spaces between its names.
const exclusiveFlags = "cobra_annotation_mutually_exclusive"

// checkExclusive returns an error if flags are given that exclude each other. Cobra's own error comes later and is not of usage.
func checkExclusive(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) { // those that are given
		for _, group := range f.Annotations[exclusiveFlags] {
			var given []string
			for name := range strings.FieldsSeq(group) {
				if c.Flags().Changed(name) {
					given = append(given, "--"+name)
				}
			}
			if last := len(given) - 1; last > 0 && err == nil {
				err = exitcode.UsageError(fmt.Errorf("%s and %s exclude each other\nhint: leave one of them out",
					strings.Join(given[:last], ", "), given[last]))
			}
		}
	})
	return err
}

// checkValues returns an error for a flag with an empty value, since an unset variable of a script would mean everything, and for one with a
// negative time, or a limit of none.
func checkValues(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		span, notSpan := c.Flags().GetDuration(f.Name)
		list, isList := f.Value.(pflag.SliceValue)
		isText := f.Value.Type() == "string"
		switch {
		case err != nil:
		case isText && strings.TrimSpace(f.Value.String()) == "", isList && !slices.ContainsFunc(list.GetSlice(), func(s string) bool { return s != "" }):
			err = fmt.Errorf("--%s is empty\nhint: give a value, or leave the flag out", f.Name)
		case notSpan == nil && (span < 0 || span == 0 && f.Name == "limit"):
			err = fmt.Errorf("--%s %v is no time\nhint: write it as in --%[1]s 10m", f.Name, span)
		}
		if err != nil {
			err = exitcode.UsageError(err)
		}
	})
	return err
}

// refuseUnknownCommands makes help, and cobra's commands with subcommands, refuse a name that is none. They print help otherwise.
func refuseUnknownCommands(root *cobra.Command) {
	for _, command := range root.Commands() {
		switch {
		case command.Name() == "help":
			command.Args = func(_ *cobra.Command, args []string) error {
				about, rest, err := root.Find(args)
				if err != nil || len(rest) > 0 && about.HasSubCommands() {
					return noArguments(about, rest)
				}
				return nil
			}
		case command.HasSubCommands() && !command.Runnable():
			command.Args, command.RunE = noArguments, func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
}

// noArguments refuses the arguments of a command that only has subcommands: an unknown one is a typing error.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, command := range c.Commands() {
		if command.IsAvailableCommand() {
			names = append(names, command.Name())
		}
	}
	return exitcode.UsageError(fmt.Errorf("unknown command %q for %q%s", args[0], c.CommandPath(), suggest.Hint(args[0], names, "the commands are")))
}
