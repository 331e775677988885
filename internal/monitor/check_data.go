package monitor

import (
	"context"
	"errors"
	"strings"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/store"
)

// checkLake opens the lake as a load and as a reader do.
func (k *checker) checkLake(ctx context.Context) {
	c := k.Config
	what := "lake in " + c.LakeName()
	k.begin(what)
	err := k.CheckLake(ctx)
	if err == nil && !c.Store.Lake.InBucket() {
		err = checkWritable(c.LakeData())
	}
	if err == nil {
		err = k.checkData(ctx)
	}
	k.add(what, err)
	if err == nil {
		k.warn("spool files "+c.SpoolDir(), k.checkSpoolFiles(ctx))
		k.checkFilters(ctx)
	}
}

// checkAccess checks that the group can be given the published copy, and that readers can reach it.
func (k *checker) checkAccess() {
	access, path := pipeline.Access(k.Config), k.Config.PublishedDatabase()
	if access == (store.Access{}) {
		return
	}
	err := access.Check()
	k.add("access to "+path, err)
	if err == nil {
		k.warn("folders of "+path, access.CheckReach(path))
	}
}

// checkFilters reports goals, and filters and parts of configured reports, that no call has, and sources of calls that are not configured.
func (k *checker) checkFilters(ctx context.Context) {
	reader, err := k.OpenReader(ctx, pipeline.ReaderOptions{})
	if err != nil {
		return // checkData reports it
	}
	defer reader.Close()
	for _, report := range k.Config.Reports {
		if err := pipeline.CheckReportFilters(ctx, reader, report); err != nil {
			k.warn("report "+report.Name+", filters and recipients", err)
		}
	}
	if err := pipeline.CheckSources(ctx, reader); err != nil {
		k.warn("sources of calls", err)
	}
	if err := pipeline.CheckGoals(ctx, reader, k.Config.Business); err != nil {
		k.warn("goals of groups and numbers", err)
	}
}

func (k *checker) checkData(ctx context.Context) error {
	if err := checkChecksum(k.Config); err != nil {
		return err
	}
	reader, err := k.OpenReader(ctx, pipeline.ReaderOptions{})
	if err != nil {
		return err
	}
	defer reader.Close()
	return reader.Query(ctx, "settings", nil, ignoreHeader, ignoreRow)
}

// checkSpoolFiles reports files that are missing, changed or could not be read.
func (k *checker) checkSpoolFiles(ctx context.Context) error {
	if checkChecksum(k.Config) != nil {
		return nil // checkData reports it
	}
	files, err := spool.List(k.Config.SpoolDir())
	if err != nil {
		return err
	}
	reader, err := k.OpenReader(ctx, pipeline.ReaderOptions{})
	if err != nil {
		return nil // checkData reports it
	}
	defer reader.Close()
	undone, err := spool.Undone(k.Config.SpoolDir(), files)
	if err != nil {
		return err
	}
	problems, err := reader.Problems(ctx, files, undone)
	if err != nil || len(problems) == 0 {
		return err
	}
	return errors.New(strings.Join(display.GroupFiles(problems), "\n"))
}

func ignoreRow([]any) error { return nil }

// checkChecksum compares the published copy with its checksum.
func checkChecksum(c *config.Config) error {
	if !c.Publishes() {
		return nil
	}
	return store.CheckPublished(c.PublishedDatabase())
}

// checkDatabase opens the database as a load does.
func (k *checker) checkDatabase(ctx context.Context) {
	what := "database " + k.Config.Database()
	k.begin(what)
	if err := checkOpens(k.Config.Database()); err != nil {
		k.add(what, withOwnerHint(err))
		return
	}
	k.add(what, k.CheckDatabase(ctx))
}
