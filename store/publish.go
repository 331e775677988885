package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
)

// The published database is a symbolic link, PUBLISHED/calls.duckdb, to PUBLISHED/copy-N/calls.duckdb. Each copy has a new name, is
// read-only and never modified while anyone can have it open (see spare.go): replacing the link publishes a complete copy, and a write-ahead log that a program leaves beside one
// copy is never replayed over the next. Clients that resolve the link name the database after the copy's file, so that name is always
// calls. The checksum of a copy is in calls.duckdb.sum beside it.
const copyPrefix = "copy-"

// copyGrace is how long a replaced copy is kept: a client may have resolved the link and not opened the file yet.
const copyGrace = 10 * time.Second

// Publication is the database to publish and its published path.
type Publication struct {
	Database string                                       // a closed database
	Path     string                                       // the link that clients open
	Access   Access                                       // who may read it
	Verify   func(ctx context.Context, copy string) error // of a new copy, before it is published
	Now      func() time.Time

	files atomicfile.LinkFS
	inUse func(copy string) bool // whether a program has a copy open
	gid   int                    // of Access.Group; -1 to leave the group as it is
}

// Publish publishes a copy of the database, unless the current copy is intact and up to date. Programs that have an older copy open
// keep reading it. A damaged copy, or a write-ahead log beside one, is returned as a problem, and a new copy is published.
func Publish(ctx context.Context, p Publication) (problems []string, err error) {
	p.files, p.inUse = atomicfile.OS{}, isLocked
	if p.gid, err = p.Access.gid(); err != nil {
		return nil, fmt.Errorf("publishing: %w", err)
	}
	if err := atomicfile.MkdirReadable(filepath.Dir(p.Path)); err != nil {
		return nil, fmt.Errorf("publishing: %w", err)
	}
	problems, err = p.publish(ctx)
	if err != nil {
		return problems, fmt.Errorf("publishing: %w", err)
	}
	return problems, nil
}

func (p Publication) publish(ctx context.Context) (problems []string, err error) {
	if err := p.setAccess(); err != nil {
		return nil, err
	}
	problems, err = p.removeLogs()
	if err != nil {
		return problems, err
	}
	current, target, err := p.current()
	switch {
	case errors.Is(err, errDamaged):
		problems = append(problems, fmt.Sprintf("the published copy was damaged and was published again: %v\nhint: programs must open it read-only", err))
	case err != nil:
		return problems, err
	}
	if err := p.refreshStat(current, target); err != nil {
		return problems, err
	}
	spare, leftovers := p.removeOldCopies(target)
	info, err := p.files.Stat(p.Database)
	if err != nil {
		return problems, err
	}
	if current != nil && len(current.Blocks) > 0 && len(problems) == 0 && current.Database == versionOf(info) {
		return leftovers, nil
	}
	problems = append(problems, leftovers...)
	if err := p.publishCopy(ctx, spare); err != nil {
		return problems, err
	}
	more, err := p.removeLogs()
	return append(problems, more...), err
}

// publishCopy publishes a new copy, or removes it if that fails.
func (p Publication) publishCopy(ctx context.Context, spare string) error {
	name, err := p.nextName()
	if err != nil {
		return err
	}
	if err := p.replace(ctx, name, spare); err != nil {
		return errors.Join(err, removeTree(p.files, filepath.Join(p.dir(), name)))
	}
	return p.files.SyncDir(p.dir())
}

func (p Publication) dir() string { return filepath.Dir(p.Path) }

// replace makes a copy and then points the link to it.
func (p Publication) replace(ctx context.Context, name, spare string) error {
	target := filepath.Join(name, filepath.Base(p.Path))
	copied := filepath.Join(p.dir(), target)
	if err := p.makeCopy(ctx, copied, spare); err != nil {
		return err
	}
	if err := p.files.SyncDir(p.dir()); err != nil {
		return err
	}
	if err := p.Verify(ctx, copied); err != nil {
		return err
	}
	link := filepath.Join(p.dir(), "."+filepath.Base(p.Path)+".link")
	if err := atomicfile.RemoveIfExists(p.files, link); err != nil { // left by a killed process
		return err
	}
	if err := p.files.Symlink(target, link); err != nil {
		return err
	}
	if err := p.files.Rename(link, p.Path); err != nil {
		return errors.Join(err, p.files.Remove(link))
	}
	return nil
}

// current returns the checksum of the linked copy and its path; nil if there is none. It returns errDamaged if the copy's content has
// changed.
func (p Publication) current() (current *checksum, target string, err error) {
	target, err = p.files.Readlink(p.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil { // not a link
		copies, err := p.copies()
		if err == nil && len(copies) > 0 {
			err = fmt.Errorf("%w: %s is another file", errDamaged, p.Path)
		}
		return nil, "", err // without copies, it was published by an older version
	}
	copied := filepath.Join(p.dir(), target)
	sum, err := checkCopy(p.files, copied, false)
	if err != nil {
		return nil, target, err
	}
	return &sum, target, nil
}

// refreshStat updates the stored stat of a copy whose content is unchanged; restoring a backup changes the stat.
func (p Publication) refreshStat(current *checksum, target string) error {
	if current == nil {
		return nil
	}
	copied := filepath.Join(p.dir(), target)
	info, err := p.files.Stat(copied)
	if err != nil || statOf(info) == current.Stat {
		return err
	}
	current.Stat = statOf(info)
	return p.writeSum(copied, *current)
}

// copies returns the names of the copy folders, oldest first.
func (p Publication) copies() (copies []string, err error) {
	names, err := p.files.ReadDir(p.dir())
	for _, name := range names {
		if strings.HasPrefix(name, copyPrefix) {
			copies = append(copies, name)
		}
	}
	slices.SortFunc(copies, func(a, b string) int { return cmp.Compare(copyNumber(a), copyNumber(b)) })
	return copies, err
}

func copyNumber(name string) int {
	number, _ := strconv.Atoi(strings.TrimPrefix(name, copyPrefix))
	return number
}

// nextName returns the name for the next copy, numbered after the latest.
func (p Publication) nextName() (string, error) {
	copies, err := p.copies()
	last := 0
	if len(copies) > 0 {
		last = copyNumber(copies[len(copies)-1])
	}
	return copyPrefix + strconv.Itoa(last+1), err
}

// removeOldCopies removes copies that no client has open or is about to open, except the newest one that can be rewritten, and leftovers
// of a killed process. A copy that cannot be removed is a problem, but does not stop the publication.
func (p Publication) removeOldCopies(target string) (spare string, problems []string) {
	remove := func(path string) {
		if err := removeTree(p.files, path); err != nil {
			problems = append(problems, fmt.Sprintf("an old copy cannot be removed: %v\nhint: remove %s", err, path))
		}
	}
	remove(filepath.Join(p.dir(), "."+filepath.Base(p.Path)+".tmp")) // of a version that published a plain file
	copies, err := p.copies()
	if err != nil {
		return "", append(problems, err.Error())
	}
	current, replaced := filepath.Dir(target), true // replaced: longer than copyGrace ago
	for _, name := range slices.Backward(copies) {
		copied := filepath.Join(p.dir(), name, filepath.Base(p.Path))
		if name != current && replaced && !p.inUse(copied) {
			if spare == "" && p.isSpare(copied) {
				spare = name
			} else {
				remove(filepath.Join(p.dir(), name))
			}
			continue
		}
		if sum, err := readSum(p.files, copied); err == nil {
			age := p.Now().Sub(sum.PublishedAt)
			replaced = age < 0 || age >= copyGrace
		}
	}
	return spare, problems
}

// removeLogs removes write-ahead logs beside the link and the copies: clients would replay them over the published copy.
func (p Publication) removeLogs() (problems []string, err error) {
	logs, err := logsBeside(p.files, p.Path)
	for _, path := range logs {
		if err := p.files.Remove(path); err != nil {
			return problems, err
		}
		if err := p.files.SyncDir(filepath.Dir(path)); err != nil {
			return problems, err
		}
		problems = append(problems, fmt.Sprintf("%s was removed: a program opened the published copy for writing\nhint: programs must open it read-only", path))
	}
	return problems, err
}

// removeTree removes a file, or a folder and its content.
func removeTree(files atomicfile.FS, path string) error {
	if info, err := files.Stat(path); err == nil && info.IsDir() {
		names, err := files.ReadDir(path)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := removeTree(files, filepath.Join(path, name)); err != nil {
				return err
			}
		}
	}
	return atomicfile.RemoveIfExists(files, path)
}
