//go:build !unix

package monitor

import "io/fs"

func isOwn(fs.FileInfo) bool { return false }
