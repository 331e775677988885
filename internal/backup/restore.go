package backup

import (
	"archive/tar"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"callsheet/internal/atomicfile"
	"callsheet/internal/display"
)

// markName is a file that a data folder has from the beginning of a restore to its end.
const markName = ".restoring"

// CheckFinished returns an error for a data folder that has only a part of a backup.
func CheckFinished(dataDir string) error {
	if _, err := os.Stat(filepath.Join(dataDir, markName)); err == nil {
		return fmt.Errorf("%s has only a part of a backup: callsheet restore was interrupted\nhint: run callsheet restore again; it begins from the start", dataDir)
	}
	return nil
}

// Restore copies a backup into a data folder that has no data. CheckFinished returns an error until it has ended; after an interruption it can
// be repeated. If it fails, it leaves nothing. The files of the configuration stay in the backup.
func Restore(ctx context.Context, r io.Reader, dataDir string) (Contents, error) {
	return restore(ctx, atomicfile.OS{}, r, dataDir)
}

func restore(ctx context.Context, files atomicfile.LinkFS, r io.Reader, dataDir string) (contents Contents, err error) {
	names, err := files.ReadDir(dataDir)
	if err != nil {
		return contents, err
	}
	mark := filepath.Join(dataDir, markName)
	if slices.Contains(names, markName) {
		err = clear(files, dataDir)
	} else if err = checkEmpty(dataDir, names); err == nil {
		err = atomicfile.WriteFile(files, mark, nil)
	}
	if err != nil {
		return contents, err
	}
	e := extraction{files: files, dataDir: dataDir}
	contents, err = e.run(ctx, r)
	if err != nil {
		if failed := clear(files, dataDir); failed != nil {
			return contents, errors.Join(err, failed) // the mark stays
		}
	}
	return contents, errors.Join(err, files.Remove(mark), files.SyncDir(dataDir))
}

// isKept reports whether a restore leaves a name in a data folder alone: hidden files, such as locks, and lost+found.
func isKept(name string) bool { return strings.HasPrefix(name, ".") || name == "lost+found" }

func checkEmpty(dataDir string, names []string) error {
	if i := slices.IndexFunc(names, func(name string) bool { return !isKept(name) }); i >= 0 {
		return fmt.Errorf("data_dir %s is not empty: it has %s\nhint: restore into an empty folder; to replace the data, stop callsheet and move the folder away", dataDir, display.Escape(names[i]))
	}
	return nil
}

// clear removes what a restore has written into a data folder.
func clear(files atomicfile.FS, dataDir string) error {
	names, err := files.ReadDir(dataDir)
	if err != nil {
		return err
	}
	for _, name := range names {
		if isKept(name) {
			continue
		}
		if err := removeAll(files, filepath.Join(dataDir, name)); err != nil {
			return err
		}
	}
	return files.SyncDir(dataDir)
}

func removeAll(files atomicfile.FS, name string) error {
	info, err := files.Stat(name)
	if err != nil {
		return err
	}
	if info.IsDir() {
		names, err := files.ReadDir(name)
		if err != nil {
			return err
		}
		for _, below := range names {
			if err := removeAll(files, filepath.Join(name, below)); err != nil {
				return err
			}
		}
	}
	return files.Remove(name)
}

// extraction writes the entries of a backup.
type extraction struct {
	files   atomicfile.LinkFS
	dataDir string
	dirs    []folder
	written Contents
}

type folder struct {
	path string
	mode fs.FileMode
}

// run writes all entries durably. A backup that is cut or damaged is an error.
func (e *extraction) run(ctx context.Context, r io.Reader) (contents Contents, err error) {
	decompressor, err := zstd.NewReader(r)
	if err != nil {
		return contents, err
	}
	defer decompressor.Close()
	in := &input{Reader: decompressor}
	archive := tar.NewReader(in)
	for {
		if ctx.Err() != nil {
			return contents, ctx.Err()
		}
		header, err := archive.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return contents, unreadable(err)
		}
		if header.Name == contentsName {
			if err := json.NewDecoder(archive).Decode(&contents); err != nil {
				return contents, unreadable(err)
			}
			continue
		}
		err = e.write(header, archive)
		if in.err != nil || errors.Is(err, io.ErrUnexpectedEOF) {
			err = unreadable(cmp.Or(in.err, err))
		}
		if err != nil {
			return contents, err
		}
	}
	if _, err := io.Copy(io.Discard, in); err != nil { // to the checksum at the end
		return contents, unreadable(err)
	}
	if contents.MadeAt.IsZero() || e.written.Files != contents.Files || e.written.Bytes != contents.Bytes {
		return contents, unreadable(errors.New("its end is missing"))
	}
	for _, dir := range e.dirs {
		if err := errors.Join(e.files.SetAccess(dir.path, dir.mode, -1), e.files.SyncDir(dir.path)); err != nil {
			return contents, err
		}
	}
	return contents, e.files.SyncDir(e.dataDir)
}

func unreadable(err error) error {
	return fmt.Errorf("this is no backup of callsheet, or it is damaged: %w\nhint: nothing was restored; use another backup", err)
}

// write writes an entry of the data folder.
func (e *extraction) write(header *tar.Header, content io.Reader) error {
	name, isData := strings.CutPrefix(header.Name, dataPrefix+"/")
	if !isData {
		return nil
	}
	if name = path.Clean(name); !filepath.IsLocal(name) || isKept(path.Base(name)) {
		return unreadable(fmt.Errorf("it has a file %q", header.Name))
	}
	target := filepath.Join(e.dataDir, filepath.FromSlash(name))
	switch header.Typeflag {
	case tar.TypeDir:
		e.dirs = append(e.dirs, folder{target, fs.FileMode(header.Mode).Perm()})
		return e.files.Mkdir(target)
	case tar.TypeReg:
	default:
		return unreadable(fmt.Errorf("%s is no file", header.Name))
	}
	file, err := e.files.Create(target)
	if err != nil {
		return err
	}
	n, err := io.Copy(file, content)
	if err == nil {
		err = file.Sync()
	}
	if err := errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("restoring %s: %w", name, err)
	}
	e.written.Files++
	e.written.Bytes += n
	return errors.Join(e.files.SetAccess(target, fs.FileMode(header.Mode).Perm(), -1), e.files.Chtimes(target, header.ModTime))
}
