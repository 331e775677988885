package store

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/display"
)

// errDamaged is the error of a published copy whose content has changed.
var errDamaged = errors.New("content differs from what was published")

// checksum is the content of the JSON file beside a copy.
type checksum struct {
	Blocks      blockHashes `json:"blocks"` // of the content; empty if an older version published it
	Size        int64       `json:"size"`
	Stat        fileStat    `json:"stat"`     // while unchanged, the content is not hashed again
	Database    fileVersion `json:"database"` // the copied state
	PublishedAt time.Time   `json:"published_at"`
	WrittenAt   time.Time   `json:"written_at"` // when all blocks were written last
}

// fileVersion identifies a state of the database file.
type fileVersion struct {
	Size       int64     `json:"size"`
	ModifiedAt time.Time `json:"modified_at"`
}

func versionOf(info fs.FileInfo) fileVersion { return fileVersion{info.Size(), info.ModTime().UTC()} }

// fileStat changes with every write to a file.
type fileStat struct {
	Inode      uint64    `json:"inode"`
	ModifiedAt time.Time `json:"modified_at"`
	ChangedAt  time.Time `json:"changed_at"` // cannot be set by programs
}

func sumPath(copied string) string { return copied + ".sum" }

// makeCopy copies the database into a new folder, writes the checksum beside it, and syncs both. Only then may others pass the folder.
// It rewrites the spare if there is one.
func (p Publication) makeCopy(ctx context.Context, copied, spare string) error {
	dir := filepath.Dir(copied)
	if err := p.files.Mkdir(dir); err != nil {
		return err
	}
	info, err := p.files.Stat(p.Database)
	if err != nil {
		return err
	}
	sum := checksum{Size: info.Size(), Database: versionOf(info), PublishedAt: p.Now().UTC()}
	if err := p.copyFile(ctx, copied, spare, &sum); err != nil {
		return err
	}
	if info, err = p.files.Stat(copied); err != nil {
		return err
	}
	sum.Stat = statOf(info)
	if err := p.writeSum(copied, sum); err != nil {
		return err
	}
	return p.files.SetAccess(dir, p.Access.folderMode(), p.gid)
}

func (p Publication) writeSum(copied string, sum checksum) error {
	text, err := json.MarshalIndent(sum, "", "  ")
	if err != nil {
		return err
	}
	if err := atomicfile.WriteFile(p.files, sumPath(copied), append(text, '\n')); err != nil {
		return err
	}
	return p.files.SetAccess(sumPath(copied), p.Access.mode(), p.gid)
}

// copyFile copies the database and sets the hashes of its blocks, and when all of them were written. The copy gets the database's
// modification time, for people who list the folder.
func (p Publication) copyFile(ctx context.Context, copied, spare string, sum *checksum) (err error) {
	source, err := p.files.Open(p.Database)
	if err != nil {
		return err
	}
	defer source.Close()
	target, err := p.files.Create(copied)
	if err != nil {
		return err
	}
	cloned := p.files.Clone(target, source) == nil
	var has checksum // what the target has already
	if !cloned && spare != "" {
		if err := target.Close(); err != nil {
			return err
		}
		if target, has, err = p.takeSpare(spare, copied); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	sum.WrittenAt = cmp.Or(has.WrittenAt, sum.PublishedAt)
	if cloned {
		sum.Blocks, err = hashBlocks(ctx, source, sum.Size, nil)
	} else {
		sum.Blocks, err = copyBlocks(ctx, target, source, sum.Size, has.Blocks)
	}
	if err != nil {
		return err
	}
	if err := errors.Join(p.files.SetAccess(copied, p.Access.mode(), p.gid), p.files.Chtimes(copied, sum.Database.ModifiedAt)); err != nil {
		return err
	}
	return target.Sync()
}

// CheckPublished verifies the checksum of the published copy and returns an error if there are write-ahead logs beside it.
func CheckPublished(path string) error {
	files := atomicfile.OS{}
	logs, err := logsBeside(files, path)
	if err != nil {
		return err
	}
	if len(logs) > 0 {
		return errLeftoverWAL(logs...)
	}
	p := Publication{Path: path, files: files}
	_, target, err := p.current()
	if err == nil && target != "" {
		_, err = checkCopy(files, filepath.Join(filepath.Dir(path), target), true)
	}
	if errors.Is(err, errDamaged) {
		return errDamagedCopy(err)
	}
	return err
}

func errDamagedCopy(err error) error {
	return fmt.Errorf("the published copy is damaged: %w\nhint: run callsheet load, which publishes it again; programs must open it read-only", err)
}

// errLeftoverWAL is the error of a published copy with write-ahead logs beside it: clients would replay them.
func errLeftoverWAL(logs ...string) error {
	return fmt.Errorf("a program opened the published copy for writing and left %s\nhint: close the program and run callsheet load, which publishes again", strings.Join(logs, ", "))
}

// checkCopy compares a copy with its checksum file. It reads the content if the stat differs or whole is set.
func checkCopy(files atomicfile.FS, copied string, whole bool) (sum checksum, err error) {
	if sum, err = readSum(files, copied); err != nil {
		return sum, err
	}
	info, err := files.Stat(copied)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return sum, fmt.Errorf("%w: %s is missing", errDamaged, copied)
	case err != nil:
		return sum, err
	case info.Size() == sum.Size && statOf(info) == sum.Stat && !whole:
		return sum, nil
	case info.Size() != sum.Size:
		return sum, fmt.Errorf("%w: %s has %s instead of %s", errDamaged, copied, display.Plural(int(info.Size()), "byte"), display.Count(sum.Size))
	}
	return sum, checkBlocks(files, copied, sum)
}

func checkBlocks(files atomicfile.FS, copied string, sum checksum) error {
	if len(sum.Blocks) == 0 {
		return nil // published by an older version, until the next load
	}
	file, err := files.Open(copied)
	if err != nil {
		return err
	}
	defer file.Close()
	got, err := hashBlocks(context.Background(), file, sum.Size, nil)
	if err == nil && !bytes.Equal(got, sum.Blocks) {
		err = fmt.Errorf("%w: the content of %s does not match its checksum", errDamaged, copied)
	}
	return err
}

func readSum(files atomicfile.FS, copied string) (sum checksum, err error) {
	file, err := files.Open(sumPath(copied))
	if errors.Is(err, fs.ErrNotExist) {
		return sum, fmt.Errorf("%w: %s is missing", errDamaged, sumPath(copied))
	}
	if err != nil {
		return sum, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, 1<<26))
	if err == nil && json.Unmarshal(text, &sum) != nil {
		err = fmt.Errorf("%w: %s cannot be read", errDamaged, sumPath(copied))
	}
	return sum, err
}

// publishedFile resolves the link to the published copy, so that DuckDB ignores a write-ahead log beside the link.
func publishedFile(path string) (string, error) {
	resolved, err := filepath.EvalSymlinks(path)
	if err != nil {
		return "", err
	}
	if log := resolved + ".wal"; exists(log) {
		if !exists(sumPath(resolved)) { // a copy, or the file of a period
			return "", fmt.Errorf("a program opened the file for writing and left %s\nhint: close the program, and replace the file: callsheet publish writes that of a period again", log)
		}
		return "", errLeftoverWAL(log)
	}
	return resolved, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// logsBeside lists the write-ahead logs beside the published link and its copies.
func logsBeside(files atomicfile.FS, path string) (logs []string, err error) {
	dir, prefix := filepath.Dir(path), filepath.Base(path)+".wal"
	dirs := []string{dir}
	names, err := files.ReadDir(dir)
	for _, name := range names {
		if strings.HasPrefix(name, copyPrefix) {
			dirs = append(dirs, filepath.Join(dir, name))
		}
	}
	for _, dir := range dirs {
		names, readErr := files.ReadDir(dir)
		err = errors.Join(err, readErr)
		for _, name := range names {
			if strings.HasPrefix(name, prefix) {
				logs = append(logs, filepath.Join(dir, name))
			}
		}
	}
	return logs, err
}
