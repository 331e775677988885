package pipeline

import (
	"context"
	"fmt"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/display"
	"callsheet/internal/spool"
	"callsheet/internal/vendor"
)

// DirectorySync is what a sync found in the directory of a source's vendor.
type DirectorySync struct {
	Source  string                 `json:"source"`
	Agents  int                    `json:"agents"`
	Groups  int                    `json:"groups"`
	Numbers int                    `json:"numbers"`
	Added   []spool.DirectoryEntry `json:"added"` // since the last sync
	Gone    []spool.DirectoryEntry `json:"gone"`
}

// vendorLockTimeout is how long a process waits for another one to write what it has fetched.
const vendorLockTimeout = time.Minute

// lockVendorFiles takes the lock of the directories and balances, which are read before they are written.
func (p *Pipeline) lockVendorFiles(ctx context.Context) (*atomicfile.Lock, error) {
	return atomicfile.TakeLock(ctx, p.Config.Data(".directory.lock"), "the vendors' directories and balances in "+p.Config.Data(), vendorLockTimeout)
}

// SyncDirectory fetches the directory of a source's vendor and keeps what has changed; the next load takes it in. After an error nothing is
// changed. A directory that suddenly has no agents, no groups or no numbers is refused, unless acceptEmpty.
func (p *Pipeline) SyncDirectory(ctx context.Context, api vendor.API, source string, acceptEmpty bool) (sync DirectorySync, err error) {
	now := p.Now()
	entries, err := api.Directory(ctx)
	if err != nil {
		return sync, err
	}
	if err := MakeDataDir(p.Config); err != nil {
		return sync, err
	}
	lock, err := p.lockVendorFiles(ctx)
	if err != nil {
		return sync, err
	}
	defer lock.Release()
	directory, err := spool.ReadDirectory(p.Config.Data(), source)
	if err != nil {
		return sync, err
	}
	if directory.Damage != nil { // what is new or gone is not known
		return sync, fmt.Errorf("the directory is damaged: %w\nhint: restore the file from a backup; without one, remove it, and the next sync begins again", directory.Damage)
	}
	listed, before := countKinds(entries), countKinds(directory.Entries())
	for _, kind := range []string{spool.DirectoryAgent, spool.DirectoryGroup, spool.DirectoryNumber} {
		if before[kind] > 0 && listed[kind] == 0 && !acceptEmpty {
			return sync, fmt.Errorf("the vendor lists no %ss now, and %s on %s; the directory stays as it was\nhint: if that is right, run callsheet directory sync --source %s --accept-empty",
				kind, display.Plural(before[kind], kind), display.Time(directory.LastAt.In(p.Config.Zone())), source)
		}
	}
	added, gone, err := directory.Sync(entries, now)
	return DirectorySync{
		Source: source, Agents: listed[spool.DirectoryAgent], Groups: listed[spool.DirectoryGroup], Numbers: listed[spool.DirectoryNumber],
		Added: append([]spool.DirectoryEntry{}, added...), Gone: append([]spool.DirectoryEntry{}, gone...), // not null in JSON
	}, err
}

// countKinds counts distinct entries.
func countKinds(entries []spool.DirectoryEntry) map[string]int {
	seen, counts := map[spool.DirectoryEntry]bool{}, map[string]int{}
	for _, entry := range entries {
		if !seen[entry] {
			seen[entry] = true
			counts[entry.Kind]++
		}
	}
	return counts
}
