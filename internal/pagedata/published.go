package pagedata

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/page"
)

// maxLakeAge is how old figures of a lake get before they are recomputed: other machines load into it.
const maxLakeAge = 5 * time.Minute

// published identifies the data that readers open.
func published(c *config.Config, now time.Time) page.Published {
	path := c.ReadDatabase()
	info, err := os.Stat(path)
	if c.Store.Lake.Enabled() {
		now = now.Truncate(maxLakeAge)
		if err == nil && info.ModTime().After(now) { // the last load of this machine
			now = info.ModTime()
		}
		return page.Published{ID: now.String(), At: now}
	}
	if err != nil {
		return page.Published{}
	}
	copied, _ := filepath.EvalSymlinks(path)
	return page.Published{ID: fmt.Sprint(copied, info.Size(), info.ModTime().UnixNano()), At: info.ModTime()}
}
