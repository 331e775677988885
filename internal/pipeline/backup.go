package pipeline

import (
	"context"
	"io"
	"path/filepath"

	"callsheet/internal/backup"
)

// Backup writes a backup of the data folder and of the configuration. problems are the files that could not be read and are not in it.
func (p *Pipeline) Backup(ctx context.Context, w io.Writer, progress func(done, total int64)) (contents backup.Contents, problems []error, err error) {
	release, err := p.LockImports(ctx)
	if err != nil {
		return contents, nil, err
	}
	defer release()
	c := p.Config
	options := backup.Options{
		DataDir: c.Data(), SpoolDir: c.SpoolDir(), Config: []string{p.ConfigPath, c.UserQueries(), c.UserTemplates()},
		Version: p.Version, Now: p.Now().In(c.Zone()), Progress: progress,
	}
	if c.Store.Lake.Enabled() {
		options.LeaveOut = []string{filepath.Clean(c.Path(c.Store.Lake.Data))}
	}
	return backup.Write(ctx, w, options)
}

// Restore copies a backup into the data folder, which must have no data.
func (p *Pipeline) Restore(ctx context.Context, r io.Reader) (contents backup.Contents, err error) {
	if err := makeDataDir(p.Config); err != nil {
		return contents, err
	}
	release, err := p.lockImports(ctx)
	if err != nil {
		return contents, err
	}
	defer release()
	return backup.Restore(ctx, r, p.Config.Data())
}
