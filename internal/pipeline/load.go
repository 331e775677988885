package pipeline

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/spool"
	"callsheet/store"
)

// loadLockTimeout is how long a load by hand waits for another one. Those of a scheduler wait for as long as a load may take.
const loadLockTimeout = time.Minute

// rebuildSuffix ends the path of a database that is being rebuilt.
const rebuildSuffix = ".rebuild"

// importLockTimeout is how long an import waits for another one.
const importLockTimeout = time.Minute

// LockImports keeps other imports, undos, archives and backups out of the spool until release is called. Collectors and loads go on.
func (p *Pipeline) LockImports(ctx context.Context) (release func() error, err error) {
	if err := MakeDataDir(p.Config); err != nil {
		return nil, err
	}
	return p.lockImports(ctx)
}

func (p *Pipeline) lockImports(ctx context.Context) (release func() error, err error) {
	lock, err := atomicfile.TakeLock(ctx, p.Config.Data(".import.lock"), "the spool in "+p.Config.Data(), importLockTimeout)
	if err != nil {
		return nil, err
	}
	return lock.Release, nil
}

// Refresh loads what is new in the spool, takes out what is no longer in it, and publishes the database. A damaged database is rebuilt.
func (p *Pipeline) Refresh(ctx context.Context, retryRejects bool, progress store.Progress) (store.Summary, error) {
	if p.Config.Store.Lake.Enabled() && p.Parent == nil {
		return p.loadLakeInChild(ctx, retryRejects, progress)
	}
	return p.withLoadLock(ctx, func(path string) (store.Summary, error) {
		if p.Config.Store.Lake.Enabled() {
			summary, err := p.loadLake(ctx, path, retryRejects, progress)
			if err != nil {
				return summary, err
			}
			return p.removeObsolete(ctx, path, summary, progress), nil
		}
		summary, err := p.load(ctx, path, retryRejects, progress)
		if err == nil {
			return p.removeObsolete(ctx, path, summary, progress), nil
		}
		if !store.IsDamaged(err, path) {
			return summary, err
		}
		damage := err
		if summary, err = p.rebuildInto(ctx, path+rebuildSuffix, progress); err != nil {
			return summary, errors.Join(damage, err)
		}
		if err := p.checkLoss(ctx, path, summary); err != nil {
			return summary, errors.Join(damage, err)
		}
		quarantined := path + ".damaged-" + p.Now().Format("20060102-150405")
		if err := store.Quarantine(path, quarantined); err != nil {
			return summary, err
		}
		summary.Warnings = append(summary.Warnings, fmt.Sprintf(
			"the database was damaged; it was rebuilt from the spool, and the damaged one is kept as %s: %v", quarantined, damage))
		return summary, store.Replace(path, path+rebuildSuffix)
	})
}

// removeObsolete rebuilds the database after a load if it has lines of undone imports, calls whose id nothing_values lists now, or lines that
// are read differently with the settings of now. They stay if a spool file has a problem, or if the rebuild fails or would lose what was fetched
// from vendors. New deliveries are published either way.
func (p *Pipeline) removeObsolete(ctx context.Context, path string, loaded store.Summary, progress store.Progress) store.Summary {
	if len(loaded.Undone) == 0 && loaded.Unnamed == 0 && !loaded.ToReread {
		return loaded
	}
	err := errSpoolProblem
	if p.Config.Store.Lake.Enabled() {
		err = errLakeKeeps
	} else if !loaded.Incomplete {
		var rebuilt store.Summary
		rebuilt, err = p.rebuildInto(ctx, path+rebuildSuffix, progress)
		switch {
		case err == nil && rebuilt.Incomplete: // the load did not read a file that has not changed
			loaded.Warnings = append(loaded.Warnings, rebuilt.Warnings...)
			err = errors.Join(errSpoolProblem, store.Remove(path+rebuildSuffix))
		case err == nil:
			if len(loaded.Undone) == 0 {
				err = p.checkLoss(ctx, path, rebuilt)
			} else if err = store.CheckFetchedLoss(ctx, p.StoreOptions(path), path+rebuildSuffix); err != nil {
				err = errors.Join(err, store.Remove(path+rebuildSuffix))
			}
			if err == nil {
				err = p.replace(ctx, path)
			}
		}
		if err == nil {
			loaded.Calls, loaded.Stored = rebuilt.Calls, rebuilt.Stored
		}
	}
	loaded.Incomplete = loaded.Incomplete || err != nil
	if err != nil && len(loaded.Undone) > 0 {
		loaded.Warnings = append(loaded.Warnings, fmt.Sprintf("%s is undone, but its lines are still in the database: %v", strings.Join(loaded.Undone, ", "), err))
	}
	if err != nil && loaded.ToReread {
		loaded.Warnings = append(loaded.Warnings, fmt.Sprintf("the timezone, date_order or nothing_values of a source changed, but the lines that were read with the old ones have not been read again: %v", err))
	}
	switch unnamed := display.Plural(int(loaded.Unnamed), "call"); {
	case loaded.Unnamed == 0:
	case err != nil:
		loaded.Warnings = append(loaded.Warnings, fmt.Sprintf("%s still in the database, though nothing_values lists the id: %v", unnamed, err))
	default:
		loaded.Warnings = append(loaded.Warnings, unnamed+" removed, since nothing_values lists the id; the lines are rejected")
	}
	return loaded
}

var errSpoolProblem = errors.New("that needs a rebuild, and a spool file has a problem; restore that file, or run callsheet load --rebuild --accept-loss")

// Rebuild builds a new database from the spool alone, beside the old one, and replaces the old one when it is complete. A new
// database that lacks calls of the old one is refused, unless acceptLoss or an undone import explains it.
func (p *Pipeline) Rebuild(ctx context.Context, acceptLoss bool, progress store.Progress) (store.Summary, error) {
	if err := p.RefuseLake("load --rebuild"); err != nil {
		return store.Summary{}, err
	}
	return p.withLoadLock(ctx, func(path string) (store.Summary, error) {
		if spool.HasUndone(p.Config.SpoolDir()) && !acceptLoss {
			if loaded, err := p.load(ctx, path, false, progress); err == nil && len(loaded.Undone) > 0 && !loaded.Incomplete {
				return p.removeObsolete(ctx, path, loaded, progress), nil
			}
		}
		summary, err := p.rebuildInto(ctx, path+rebuildSuffix, progress)
		if err == nil && !acceptLoss {
			err = p.checkLoss(ctx, path, summary)
		}
		if err != nil {
			return summary, err
		}
		return summary, p.replace(ctx, path)
	})
}

// replace replaces the database with the rebuilt one.
func (p *Pipeline) replace(ctx context.Context, path string) error {
	if err := store.KeepRecomputations(ctx, p.StoreOptions(path), path+rebuildSuffix); err != nil {
		return errors.Join(err, store.Remove(path+rebuildSuffix))
	}
	return store.Replace(path, path+rebuildSuffix)
}

// checkLoss removes the rebuilt database if it lacks calls of the one at path. A damaged one cannot be compared, but what was published of it can.
func (p *Pipeline) checkLoss(ctx context.Context, path string, rebuilt store.Summary) error {
	var problems []string
	if rebuilt.Incomplete {
		problems = rebuilt.Warnings
	}
	check := func(old string) error {
		return store.CheckLoss(ctx, p.StoreOptions(old), path+rebuildSuffix, problems)
	}
	err := check(path)
	if store.IsDamaged(err, path) {
		published := p.Config.PublishedDatabase()
		if err = check(published); store.IsDamaged(err, published) || spool.HasUndone(p.Config.SpoolDir()) { // calls of undone imports may be published
			err = nil
		}
	}
	if err != nil {
		return errors.Join(err, store.Remove(path+rebuildSuffix))
	}
	return nil
}

// rebuildInto loads the whole spool into a new database at path, which it removes on failure.
func (p *Pipeline) rebuildInto(ctx context.Context, path string, progress store.Progress) (store.Summary, error) {
	if err := store.Remove(path); err != nil { // left by an interrupted rebuild
		return store.Summary{}, err
	}
	summary, err := p.load(ctx, path, false, progress)
	if err == nil {
		err = store.Verify(ctx, p.StoreOptions(path), summary.Stored)
	}
	if err != nil {
		return summary, errors.Join(err, store.Remove(path))
	}
	return summary, nil
}

// withLoadLock keeps other loads out until the database is published: nothing may write to the file that is being copied. Once the
// database has no lines of undone imports, their files are removed.
func (p *Pipeline) withLoadLock(ctx context.Context, do func(path string) (store.Summary, error)) (store.Summary, error) {
	c := p.Config
	release, err := p.lockLoads(ctx)
	if err != nil {
		return store.Summary{}, err
	}
	defer release()
	path := c.Database()
	undone, err := spool.ListUndone(c.SpoolDir())
	if err != nil {
		return store.Summary{}, err
	}
	summary, err := do(path)
	if err == nil && (len(summary.Undone) == 0 || !summary.Incomplete) {
		err = spool.RemoveUndone(c.SpoolDir(), undone)
	}
	if err != nil || !c.Publishes() {
		return summary, explainFull(c, err)
	}
	problems, err := store.Publish(ctx, store.Publication{
		Database: path, Path: c.PublishedDatabase(), Access: Access(c), Now: p.Now,
		Verify: func(ctx context.Context, copy string) error {
			return store.Verify(ctx, p.StoreOptions(copy), summary.Stored)
		},
	})
	summary.Warnings = append(summary.Warnings, problems...)
	return summary, explainFull(c, err)
}

// lockLoads keeps other loads of this machine out of the database until release is called.
func (p *Pipeline) lockLoads(ctx context.Context) (release func() error, err error) {
	c := p.Config
	if err := MakeDataDir(c); err != nil {
		return nil, err
	}
	timeout := loadLockTimeout
	if p.Parent != nil {
		timeout = max(timeout, c.Store.TimeLimit)
	}
	lock, err := atomicfile.TakeLock(ctx, loadLock(c), "the database in "+c.Data(), timeout)
	if err != nil {
		return nil, err
	}
	return lock.Release, nil
}

// loadLock is the path of the lock that a load holds.
func loadLock(c *config.Config) string { return c.Data(".load.lock") }

// load opens the database at path for the time of the load only.
func (p *Pipeline) load(ctx context.Context, path string, retryRejects bool, progress store.Progress) (summary store.Summary, err error) {
	if p.NoDatabase {
		return summary, errNoDatabase
	}
	options, err := p.storeOptions(path)
	if err != nil {
		return summary, err
	}
	db, err := store.Open(ctx, options)
	if err != nil {
		return summary, err
	}
	c := p.Config
	summary, err = db.Load(ctx, store.LoadOptions{
		SpoolDir: c.SpoolDir(), DataDir: c.Data(), DefaultSource: c.DefaultSource(), RetryRejects: retryRejects, Progress: progress,
	})
	return summary, errors.Join(err, db.Close())
}
