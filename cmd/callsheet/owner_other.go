//go:build !unix

package main

// switchToOwner does nothing: there is no root.
func switchToOwner(...string) (name string, err error) { return "", nil }
