package main

import (
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"callsheet/internal/atomicfile"
)

//go:embed init.yaml
var initTemplate string

func initCommand(a *app) *cobra.Command {
	var dir string
	command := &cobra.Command{
		Use:   "init",
		Short: "Write a commented configuration with a fresh token",
		Example: `  callsheet init
  callsheet init --dir /etc/callsheet`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := a.switchToOwner(dir); err != nil {
				return err
			}
			path := filepath.Join(dir, "callsheet.yaml")
			token := rand.Text()
			if err := atomicfile.MkdirReadable(dir); err != nil {
				return err
			}
			// The token is a secret, so only the owner can read the file. An existing file is never replaced.
			file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if errors.Is(err, os.ErrExist) {
				return fmt.Errorf("%s exists\nhint: move it away, or name another folder with --dir", path)
			}
			if err != nil {
				return err
			}
			_, err = file.WriteString(strings.ReplaceAll(initTemplate, "FRESH_TOKEN", token))
			if err := errors.Join(err, file.Close()); err != nil {
				return errors.Join(err, os.Remove(path))
			}
			fmt.Fprintf(a.stdout, "%s\n", path)
			fmt.Fprintf(a.stderr, "webhook path: /hooks/main/%s\nnext: callsheet --config %s serve\n", token, path)
			return nil
		},
	}
	command.Flags().StringVar(&dir, "dir", ".", "folder to write callsheet.yaml into")
	return command
}
