package pipeline

import (
	"errors"
	"fmt"
	"path/filepath"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/store"
)

const (
	minFreeBytes = 1 << 30 // of the disk of data_dir
	minFreeShare = 50      // and at least one of so many bytes
)

// DiskSpace returns the free and the total bytes of the disk of data_dir.
func DiskSpace(c *config.Config) (free, total uint64, err error) {
	dir := c.Data()
	free, total, err = diskSpace(dir)
	for err != nil && dir != filepath.Dir(dir) { // the folder is not there yet
		dir = filepath.Dir(dir)
		free, total, err = diskSpace(dir)
	}
	return free, total, err
}

// CheckDisk returns an error if the disk of data_dir is full, or nearly.
func CheckDisk(c *config.Config) error {
	free, total, err := DiskSpace(c)
	if err != nil || free >= minFreeBytes && free >= total/minFreeShare {
		return nil
	}
	return errors.New(diskLeft(c, free))
}

func diskLeft(c *config.Config, free uint64) string {
	return fmt.Sprintf("the disk of %s has %s MB left\nhint: free disk space, compress finished days with callsheet archive, or enlarge the disk", c.Data(), display.Count(int64(free>>20)))
}

// explainFull adds the free space to the error of a load that found too little of it.
func explainFull(c *config.Config, err error) error {
	if !store.IsFull(err) {
		return err
	}
	free, _, _ := diskSpace(c.Data())
	return fmt.Errorf("%w\n%s", err, diskLeft(c, free))
}
