package pagedata

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"callsheet/internal/config"
)

// maxLakeAge is how old figures of a lake get before they are recomputed: other machines load into it.
const maxLakeAge = 5 * time.Minute

// published identifies the data that readers open. It differs for each publication, and is empty if nothing is published.
func published(c *config.Config, now time.Time) string {
	path := c.ReadDatabase()
	info, err := os.Stat(path)
	if c.Store.Lake.Enabled() {
		now = now.Truncate(maxLakeAge)
		if err == nil && info.ModTime().After(now) { // the last load of this machine
			now = info.ModTime()
		}
		return now.String()
	}
	if err != nil {
		return ""
	}
	copied, _ := filepath.EvalSymlinks(path)
	return fmt.Sprint(copied, info.Size(), info.ModTime().UnixNano())
}
