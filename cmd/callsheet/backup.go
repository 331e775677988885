package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"callsheet/internal/atomicfile"
	"callsheet/internal/backup"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/pipeline"
)

func backupCommand(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy everything that cannot be made again into one file",
		Long: `backup copies into one file what cannot be made again: the spool, what was fetched from the vendor's API, the history of runs, so that no
report is sent twice, pending alerts, the workbooks, and the configuration with its queries and templates. The database is not in it: callsheet load
makes it from the spool. Nor are files that the configuration names elsewhere, such as those with secrets.

It runs beside the collector and loads, and has every delivery that was acknowledged before it began. The file, .tar.zst, is only there once it is
complete; an existing one is never replaced. - writes to standard output. If a file of the data folder cannot be read, the others are
backed up, and the exit code is 3.`,
		Example: `  callsheet backup /backups/callsheet-$(date +%F).tar.zst
  callsheet backup - | ssh backup.example.com 'cat > callsheet.tar.zst'`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := a.open()
			if err != nil {
				return err
			}
			if _, err := os.Stat(p.Config.Data()); err != nil {
				return fmt.Errorf("there is nothing to back up: %w\nhint: callsheet serve makes data_dir", err)
			}
			bar := display.NewProgress(a.stderr, "backing up", a.now)
			var contents backup.Contents
			var problems []error
			write := func(w io.Writer) (err error) {
				contents, problems, err = p.Backup(c.Context(), w, bar.Bytes)
				return err
			}
			err = a.writeBackup(p, args[0], write)
			bar.Finish()
			if err != nil {
				return err
			}
			out := a.stdout
			if args[0] == "-" {
				out = a.stderr
			}
			fmt.Fprintf(out, "%s, %s, backed up\n", display.Plural(contents.Files, "file"), display.Plural(int(contents.Bytes), "byte"))
			if p.Config.Store.Lake.Enabled() {
				fmt.Fprintln(out, "The lake is not in it: back up the database of its catalog and its bucket or folder, too.")
			}
			if len(problems) > 0 {
				return exitcode.WarningError(fmt.Errorf("%s not in the backup:\n%w\nhint: make them readable, and make the backup again", display.Agree(int64(len(problems)), "file is", "files are"), errors.Join(problems...)))
			}
			return nil
		},
	}
}

// writeBackup writes a backup to a path that has no file, or to standard output.
func (a *app) writeBackup(p *pipeline.Pipeline, path string, write func(io.Writer) error) error {
	if path == "-" {
		if display.IsTerminal(a.stdout) {
			return exitcode.UsageError(errors.New("a backup is not written to a terminal\nhint: callsheet backup - > callsheet.tar.zst"))
		}
		return write(a.stdout)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return errors.Join(err, exitcode.UsageError(fmt.Errorf("%s exists\nhint: choose another name, as with callsheet backup callsheet-%s.tar.zst", path, a.now().In(p.Config.Zone()).Format(time.DateOnly))))
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if strings.HasPrefix(absolute, p.Config.Data()+string(filepath.Separator)) {
		return exitcode.UsageError(fmt.Errorf("%s is in data_dir, which is backed up\nhint: write it elsewhere, best to another machine", path))
	}
	return atomicfile.Write(atomicfile.OS{}, path, write)
}
