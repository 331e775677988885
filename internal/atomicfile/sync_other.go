//go:build !linux

package atomicfile

import "os"

func syncData(f *os.File) error { return f.Sync() }
