package store

import (
	"errors"
	"path/filepath"
	"time"

	"callsheet/internal/atomicfile"
)

// The newest replaced copy is the spare: the next publication writes into it only the blocks that differ, so that it costs what a load
// changed and not what there is. Where the file system can share blocks, a new file does, and the spare is not needed.
//
// A program that opened a copy must never see it change. So the spare is first moved to a folder that only the owner can pass, and
// then opened only if the kernel proves that nothing else has it open (atomicfile.OpenExclusive): locked or not, by another process or this one.
// Whoever opens it at that moment waits and gets the new content. Without that proof, as on NFS, all blocks are written to a new file.
//
// What the spare has is known from its checksum, without reading it: its blocks are those of its last publication if its inode, size and
// times are. The checksum is durably removed before the first block is written, so what a crash leaves is no spare.

// spareAge is how long a file is reused before all its blocks are written again, so that silent corruption on disk does not stay.
const spareAge = 24 * time.Hour

// isSpare reports whether the blocks of a copy are known and it may be rewritten.
func (p Publication) isSpare(copied string) bool {
	sum, err := readSum(p.files, copied)
	if err != nil {
		return false
	}
	info, err := p.files.Stat(copied)
	age := p.Now().Sub(sum.WrittenAt)
	return err == nil && info.Size() == sum.Size && statOf(info) == sum.Stat && len(sum.Blocks) > 0 && age >= 0 && age < spareAge
}

// takeSpare moves the spare to the place of a new copy, which is an empty file, opens it and returns its checksum. If it may be open
// elsewhere, it stays as it is, without a name, and the file that takes its place is empty, as its checksum says.
func (p Publication) takeSpare(spare, copied string) (file atomicfile.File, has checksum, err error) {
	path := filepath.Join(p.dir(), spare, filepath.Base(p.Path))
	if has, err = readSum(p.files, path); err != nil {
		return nil, has, err
	}
	if err := errors.Join(p.files.Remove(sumPath(path)), p.files.SyncDir(filepath.Dir(path))); err != nil {
		return nil, has, err
	}
	if err := errors.Join(p.files.Rename(path, copied), removeTree(p.files, filepath.Dir(path)), p.files.SetAccess(copied, 0o600, -1)); err != nil {
		return nil, has, err
	}
	file, err = p.files.OpenExclusive(copied)
	if !errors.Is(err, atomicfile.ErrNotExclusive) {
		return file, has, err
	}
	if err := p.files.Remove(copied); err != nil {
		return nil, has, err
	}
	file, err = p.files.Create(copied)
	return file, checksum{}, err
}
