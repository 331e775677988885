//go:build !linux

package atomicfile

import "errors"

// OpenExclusive fails: only Linux proves that a file is open nowhere else.
func (OS) OpenExclusive(string) (File, error) { return nil, ErrNotExclusive }

func (OS) Clone(_, _ File) error { return errors.ErrUnsupported }
