package notify

import "path/filepath"

// Location returns where a channel writes a message's workbook; it is empty for a channel to people.
func Location(channel Channel, message Message) string {
	switch c := channel.(type) {
	case Folder:
		return c.path(message)
	case Bucket:
		return c.location(message.fileName(c.Name))
	}
	return ""
}

// NeedsWorkbook reports whether a channel only writes workbooks. A message without one goes nowhere through it.
func NeedsWorkbook(channel Channel) bool {
	switch channel.(type) {
	case Folder, Bucket:
		return true
	}
	return false
}

// path returns where the workbook of a message is in the folder.
func (f Folder) path(message Message) string {
	return filepath.Join(f.Dir, filepath.FromSlash(message.fileName(f.Name)))
}
