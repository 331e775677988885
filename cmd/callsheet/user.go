package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/password"
)

func userCommand(a *app) *cobra.Command {
	command := &cobra.Command{
		Use:     "user",
		Short:   "Make the hash of a password for a user of the page",
		Long:    `user hash makes the hash of a password for page.users, of those who may see the page.`,
		Example: `  callsheet user hash`,
		Args:    noArguments,
		RunE:    func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	command.AddCommand(&cobra.Command{
		Use:   "hash",
		Short: "Print the argon2id hash of a password",
		Long: `hash asks for a password, or reads a line of standard input, and prints its argon2id hash, which goes into password of page.users or into
the file that password_file names. The password itself is kept nowhere.`,
		Example: `  callsheet user hash
  pass show callsheet/asha | callsheet user hash >asha.hash`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			text, err := readPassword(os.Stdin, a.stderr)
			if err != nil {
				return err
			}
			if len(text) < password.MinLength {
				return exitcode.UsageError(fmt.Errorf("the password is too short\nhint: use %d characters or more", password.MinLength))
			}
			_, err = fmt.Fprintln(a.stdout, password.New(text))
			return err
		},
	})
	return command
}

// readPassword reads a password: twice from a terminal, which does not show it, or the first line of anything else.
func readPassword(from *os.File, prompts io.Writer) (string, error) {
	if !display.IsTerminal(from) {
		line, err := bufio.NewReader(io.LimitReader(from, 4096)).ReadString('\n')
		if err != nil && err != io.EOF {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		return strings.TrimRight(line, "\r\n"), nil
	}
	var typed [2]string
	for i, prompt := range []string{"Password: ", "Again: "} {
		fmt.Fprint(prompts, prompt)
		text, err := term.ReadPassword(int(from.Fd()))
		fmt.Fprintln(prompts)
		if err != nil {
			return "", fmt.Errorf("reading the password: %w", err)
		}
		typed[i] = string(text)
	}
	if typed[0] != typed[1] {
		return "", errors.New("the passwords differ")
	}
	return typed[0], nil
}
