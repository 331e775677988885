//go:build !linux

package store

import (
	"io/fs"
	"math"
)

func statOf(info fs.FileInfo) fileStat { return fileStat{ModifiedAt: info.ModTime().UTC()} }

func isLocked(string) bool { return false }

func freeBytes(string) int64 { return math.MaxInt64 }
