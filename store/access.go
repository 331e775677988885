package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"callsheet/internal/atomicfile"
)

// Access is who may read the published copy. The zero value is every user of the machine.
type Access struct {
	Mode  fs.FileMode // of the file; 0 is 0440 with a group, and 0444 without
	Group string      // name or number of its group; that of the process if empty
}

// mode is the mode of the published file and of its checksum.
func (a Access) mode() fs.FileMode {
	switch {
	case a.Mode != 0:
		return a.Mode
	case a.Group != "":
		return 0o440
	}
	return 0o444
}

// folderMode lets whoever may read the file pass through its folder.
func (a Access) folderMode() fs.FileMode {
	read := a.mode() & 0o044
	return 0o700 | read | read>>2
}

// gid returns the number of the group, -1 without one. The process must be able to give it a file.
func (a Access) gid() (int, error) {
	if a.Group == "" {
		return -1, nil
	}
	group, err := user.LookupGroup(a.Group)
	if err != nil {
		group, err = user.LookupGroupId(a.Group)
	}
	if err != nil {
		return 0, fmt.Errorf("store.published_group: there is no group %s\nhint: sudo groupadd %[1]s, or name another one", a.Group)
	}
	gid, err := strconv.Atoi(group.Gid)
	if err != nil {
		return 0, fmt.Errorf("store.published_group: group %s: %w", a.Group, err)
	}
	groups, err := os.Getgroups()
	if err != nil || os.Geteuid() == 0 || gid == os.Getegid() || slices.Contains(groups, gid) {
		return gid, err
	}
	name := "#" + strconv.Itoa(os.Geteuid())
	if account, err := user.Current(); err == nil {
		name = account.Username
	}
	return 0, fmt.Errorf("store.published_group: user %s is no member of %s, so it cannot give that group the published copy\nhint: sudo usermod -aG %[2]s %[1]s; then restart the service, or log in again", name, a.Group)
}

// setAccess applies Access to what is published already, in case it has changed. The folder of the copies keeps its mode and its group
// unless Access asks for others.
func (p Publication) setAccess() error {
	if p.Access != (Access{}) {
		if err := p.files.SetAccess(p.dir(), p.Access.folderMode(), p.gid); err != nil {
			return err
		}
	}
	copies, err := p.copies()
	if err != nil {
		return err
	}
	for _, name := range copies {
		copied := filepath.Join(p.dir(), name, filepath.Base(p.Path))
		err := errors.Join(ignoreMissing(p.files.SetAccess(copied, p.Access.mode(), p.gid)), ignoreMissing(p.files.SetAccess(sumPath(copied), p.Access.mode(), p.gid)),
			ignoreMissing(p.files.SetAccess(filepath.Dir(copied), p.Access.folderMode(), p.gid)))
		if err != nil {
			return err
		}
	}
	return nil
}

// ignoreMissing drops the error of a file that a killed process has not created.
func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Check returns an error if this process cannot give the published copy to the group.
func (a Access) Check() error {
	_, err := a.gid()
	return err
}

// CheckReach returns an error if those who may read the published copy at path cannot pass through the folders above its own.
func (a Access) CheckReach(path string) error {
	gid, err := a.gid()
	forAll := a.mode()&0o004 != 0
	if err != nil || a.mode()&0o044 == 0 || gid < 0 && !forAll {
		return err
	}
	dir, err := filepath.EvalSymlinks(filepath.Dir(filepath.Dir(path)))
	if err != nil {
		return ignoreMissing(err)
	}
	var remedies []string
	for ; ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		who, pass := "o", fs.FileMode(0o001)
		if of, ok := atomicfile.GroupOf(info); ok && of == gid && !forAll {
			who, pass = "g", 0o010
		}
		if info.Mode()&pass == 0 {
			remedies = append(remedies, "chmod "+who+"+x "+dir)
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if len(remedies) == 0 {
		return nil
	}
	readers := "other users"
	if !forAll {
		readers = "members of " + a.Group
	}
	return fmt.Errorf("%s cannot reach %s, since a folder above it is closed to them\nhint: %s lets them pass", readers, path, strings.Join(remedies, "; "))
}
