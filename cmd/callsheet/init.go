package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"callsheet/internal/atomicfile"
	"callsheet/internal/exitcode"
	"callsheet/internal/pipeline"
)

//go:embed init.yaml
var initTemplate string

func initCommand(a *app) *cobra.Command {
	var dir string
	var lake bool
	command := &cobra.Command{
		Use:   "init",
		Short: "Write a commented configuration with a fresh token, or create a lake",
		Long: `init writes callsheet.yaml, with a fresh token, into the folder of --dir, or a file at the path of --config or CALLSHEET_CONFIG.

With --lake it creates the lake of the configuration: its tables in the catalog and the folder or bucket of store.lake. After a change
of sources, business or timezone, and after an update of callsheet, run it again on one machine: it applies the configuration to
the lake and recomputes the calls where that changes them. Until then, machines with another configuration load nothing.`,
		Example: `  callsheet init
  callsheet init --dir /etc/callsheet
  callsheet init --lake`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if lake && c.Flags().Changed("dir") {
				return exitcode.UsageError(errors.New("--lake writes no configuration\nhint: callsheet --config FILE init --lake"))
			}
			if lake {
				return a.initLake(c.Context())
			}
			path := a.configPath
			if c.Flags().Changed("dir") {
				if c.Flags().Changed("config") {
					return exitcode.UsageError(errors.New("--dir and --config exclude each other\nhint: leave one of them out"))
				}
				path = filepath.Join(dir, "callsheet.yaml")
			}
			dir = filepath.Dir(path)
			if err := a.switchToOwner(dir); err != nil {
				return err
			}
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
			fmt.Fprintf(a.stderr, "webhook path: /hooks/main/%s\nnext: callsheet --config %s serve\n", token, shellWord(path))
			return nil
		},
	}
	command.Flags().StringVar(&dir, "dir", ".", "folder to write callsheet.yaml into, instead of the file of --config")
	command.Flags().BoolVar(&lake, "lake", false, "create the lake of the configuration, or apply the configuration to it")
	return command
}

func (a *app) initLake(ctx context.Context) error {
	p, err := a.open()
	if err != nil {
		return err
	}
	if err := p.InitLake(ctx); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "the lake in %s has this configuration\n", p.Config.LakeName())
	reader, err := p.OpenReader(ctx, pipeline.ReaderOptions{})
	if err != nil {
		return err
	}
	defer reader.Close()
	return pipeline.CheckSources(ctx, reader)
}
