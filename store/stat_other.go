//go:build !linux

package store

import "io/fs"

func statOf(info fs.FileInfo) fileStat { return fileStat{ModifiedAt: info.ModTime().UTC()} }

func isLocked(string) bool { return false }
