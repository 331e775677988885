package main

import (
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/spf13/cobra"

	"callsheet/internal/display"
	"callsheet/internal/importer"
	"callsheet/internal/spool"
	"callsheet/store"
)

func importCommand(a *app) *cobra.Command {
	var source string
	var fields []string
	command := &cobra.Command{
		Use:   "import FILE…",
		Short: "Take deliveries from files of others into the spool",
		Long: `import takes NDJSON, a JSON array or CSV with the vendor's field names, or the spool of another collector, into a new file of
the spool; FILE may be compressed (.gz, .zst), and - is the standard input. A delivery that the spool has already is skipped, so
a file can be imported twice. What has no time of receipt counts as received when the call ended. The next load loads it.`,
		Example: `  callsheet import october.csv
  callsheet import --source branch --field "CallSid=Call ID" --field "TalkDuration=Talk (s)" panel.csv
  ssh other cat /var/lib/callsheet/spool/2026-10-05.ndjson | callsheet import -`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, files []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			names, err := fieldNames(fields)
			if err != nil {
				return usage(err)
			}
			if err := makeDataDir(cfg); err != nil {
				return err
			}
			bar := display.NewProgress(a.stderr, "reading the spool", a.now)
			seen, err := fingerprints(c.Context(), spoolDir(cfg), cfg.DefaultSource(), bar.Bytes)
			bar.Finish()
			if err != nil {
				return err
			}
			into, err := spool.NewImport(spoolDir(cfg), a.now().In(cfg.Zone()))
			if err != nil {
				return err
			}
			i := &fileImport{into: into, seen: seen, source: cmp.Or(source, cfg.DefaultSource()), fields: names}
			for _, file := range files {
				if err := i.read(c.Context(), file); err != nil {
					return errors.Join(fmt.Errorf("%s: %w\nnothing was imported", file, err), into.Abort())
				}
			}
			return i.finish(a.stdout)
		},
	}
	command.Flags().StringVar(&source, "source", "", "the source of what carries none; the configuration's first when not given")
	command.Flags().StringArrayVar(&fields, "field", nil, `"VENDOR=THEIRS": the file calls a field of the vendor's otherwise`)
	return command
}

// fieldNames reads --field.
func fieldNames(fields []string) (map[string]string, error) {
	names := map[string]string{}
	for _, field := range fields {
		vendor, theirs, ok := strings.Cut(field, "=")
		if !ok || vendor == "" || theirs == "" {
			return nil, fmt.Errorf("--field %q is no pair\nhint: write it as --field \"CallSid=Call ID\", the vendor's name first", field)
		}
		names[vendor] = theirs
	}
	return names, nil
}

// fingerprints are those of every delivery in the spool.
func fingerprints(ctx context.Context, dir, defaultSource string, progress func(done, total int64)) (map[uint64]struct{}, error) {
	seen := map[uint64]struct{}{}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return seen, nil
	}
	files, err := spool.List(dir)
	if err != nil {
		return nil, err
	}
	var total, done int64
	for _, file := range files {
		total += file.Size
	}
	for _, file := range files {
		reader, err := file.Open(0)
		if err != nil {
			return nil, err
		}
		for ctx.Err() == nil {
			line, err := reader.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, errors.Join(err, reader.Close())
			}
			seen[store.Fingerprint(line.Text, defaultSource)] = struct{}{}
		}
		done += file.Size
		progress(done, total)
		if err := errors.Join(ctx.Err(), reader.Close()); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// fileImport moves deliveries from files into the spool.
type fileImport struct {
	into            *spool.Import
	seen            map[uint64]struct{}
	source          string // of what carries none
	fields          map[string]string
	imported, known int64
	unreadable      []string // places and reasons
}

// read reads one file, - for the standard input.
func (i *fileImport) read(ctx context.Context, path string) error {
	var content io.Reader = os.Stdin
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		content = file
	}
	switch filepath.Ext(path) {
	case ".gz":
		unpacked, err := gzip.NewReader(content)
		if err != nil {
			return err
		}
		content = unpacked
	case ".zst":
		unpacked, err := zstd.NewReader(content)
		if err != nil {
			return err
		}
		defer unpacked.Close()
		content = unpacked
	}
	return importer.Read(content, importer.Options{
		Fields: i.fields,
		Delivery: func(object []byte) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return i.add(object)
		},
		Unreadable: func(place, reason string) {
			i.unreadable = append(i.unreadable, fmt.Sprintf("%s, %s: %s", path, place, reason))
		},
	})
}

// add adds a payload, or a line of a spool as it stands, unless the spool has it already.
func (i *fileImport) add(object []byte) error {
	line := object
	if !spool.IsEnvelope(object) {
		line = spool.AppendImported(nil, i.source, object)
	}
	if len(line) > spool.MaxLine {
		i.unreadable = append(i.unreadable, fmt.Sprintf("a delivery of %s bytes: a line may have %s", display.Count(int64(len(line))), display.Count(spool.MaxLine)))
		return nil
	}
	print := store.Fingerprint(line, i.source)
	if _, ok := i.seen[print]; ok {
		i.known++
		return nil
	}
	i.seen[print] = struct{}{}
	i.imported++
	return i.into.Add(line)
}

// finish puts what is new into the spool and tells what became of the rest.
func (i *fileImport) finish(stdout io.Writer) error {
	if i.imported == 0 {
		if err := i.into.Abort(); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "nothing new: %s deliveries are in the spool already\n", display.Count(i.known))
	} else {
		name, err := i.into.Commit()
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s deliveries imported into %s, %s were in the spool already\nnext: callsheet load\n",
			display.Count(i.imported), name, display.Count(i.known))
	}
	if len(i.unreadable) == 0 {
		return nil
	}
	const shown = 10
	message := fmt.Sprintf("%s could not be read, and were left out:", display.Count(int64(len(i.unreadable))))
	for _, place := range i.unreadable[:min(shown, len(i.unreadable))] {
		message += "\n" + place
	}
	if more := len(i.unreadable) - shown; more > 0 {
		message += fmt.Sprintf("\nand %s more", display.Count(int64(more)))
	}
	return needsALook(errors.New(message))
}
