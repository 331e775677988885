//go:build unix

package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// switchToOwner makes a process of root run as the owner of the first folder that does not belong to root, as sudo -u does: the service
// could not open files that root creates there. It returns the user's name, or "" if it did not switch.
func switchToOwner(folders ...string) (name string, err error) {
	if os.Geteuid() != 0 {
		return "", nil
	}
	for _, folder := range folders {
		owner, err := ownerOf(folder)
		if err != nil {
			return "", err
		}
		if owner.Uid == 0 {
			continue
		}
		name, err := switchUser(int(owner.Uid), int(owner.Gid))
		if err != nil {
			return "", fmt.Errorf("%s belongs to %s, and root cannot switch to that user here: %w\nhint: run it as that user: sudo -u %s callsheet …", folder, name, err, name)
		}
		return name, nil
	}
	return "", nil
}

// ownerOf returns the owner of a folder or, while it is missing, of the folder that it will be created in.
func ownerOf(folder string) (*syscall.Stat_t, error) {
	for {
		info, err := os.Stat(folder)
		if err == nil {
			return info.Sys().(*syscall.Stat_t), nil
		}
		parent := filepath.Dir(folder)
		if !errors.Is(err, os.ErrNotExist) || parent == folder {
			return nil, err
		}
		folder = parent
	}
}

// switchUser switches the whole process to a user, irrevocably. gid is used only for a user without an account.
func switchUser(uid, gid int) (name string, err error) {
	name = "#" + strconv.Itoa(uid) // as sudo -u takes it
	var groups []int
	home := "/"
	if account, err := user.LookupId(strconv.Itoa(uid)); err == nil {
		name, home = account.Username, cmp.Or(account.HomeDir, home)
		if gid, err = strconv.Atoi(account.Gid); err != nil {
			return name, err
		}
		ids, err := account.GroupIds()
		if err != nil {
			return name, err
		}
		for _, id := range ids {
			if group, err := strconv.Atoi(id); err == nil {
				groups = append(groups, group)
			}
		}
	}
	if err := errors.Join(syscall.Setgroups(groups), syscall.Setgid(gid), syscall.Setuid(uid)); err != nil {
		return name, err
	}
	return name, errors.Join(os.Setenv("HOME", home), os.Unsetenv("XDG_STATE_HOME")) // the user cannot read root's
}
