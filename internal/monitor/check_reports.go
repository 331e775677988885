package monitor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/notify"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/queries"
	"callsheet/report"
)

// bucketTimeout limits the check of a bucket, for which the storage's library retries.
const bucketTimeout = 30 * time.Second

// checkBucket opens a bucket, without writing to it.
func (k *checker) checkBucket(ctx context.Context, what string, bucket notify.Bucket) {
	k.begin(what)
	ctx, cancel := context.WithTimeout(ctx, bucketTimeout)
	defer cancel()
	err := bucket.Check(ctx)
	if dir, ok := bucket.Folder(); ok && err == nil {
		err = checkWritable(dir)
	}
	k.addFinding(what, err, !errors.Is(err, notify.ErrPermanent)) // it may be down for the moment
}

// checkConfiguredReport checks a report, its channels, its recipients queries and its folders.
func (k *checker) checkConfiguredReport(ctx context.Context, report config.Report) {
	k.begin("report " + report.Name)
	k.addReport("report "+report.Name, k.checkReport(ctx, report.Name))
	if definition, _, err := pipeline.Definition(k.Config, report.Name); err == nil { // which checkReport reports
		if err := pipeline.CheckSummary(report, definition); err != nil {
			k.warn("report "+report.Name+", summary of its mails", err)
		}
	}
	entry, err := k.Entry(report)
	if err != nil {
		k.add("report "+report.Name+", deliver", err)
	}
	if err == nil && entry.Schedule != nil {
		k.checkDueTimes(report, entry)
	}
	for _, delivery := range report.Deliver {
		if delivery.Mail != nil && delivery.Mail.RecipientsQuery != "" {
			k.begin("report " + report.Name + ", recipients")
			err := pipeline.CheckRecipients(ctx, k.empty.Reader, k.Config.Path(delivery.Mail.RecipientsQuery), report.Burst)
			k.add("report "+report.Name+", recipients", err)
		}
	}
	if err := k.checkAllowed(report); err != nil {
		k.add("report "+report.Name+", recipients", err)
	}
	for _, channel := range entry.Channels {
		switch place := channel.(type) {
		case notify.Folder:
			k.add("report "+report.Name+", folder "+place.Dir, checkWritable(place.Dir))
		case notify.Bucket:
			k.checkBucket(ctx, "report "+report.Name+", bucket "+place.Location(), place)
		}
	}
}

// checkAllowed returns an error for each address of the configuration that mail.allowed_domains forbids.
func (k *checker) checkAllowed(report config.Report) error {
	server := notify.MailServer{AllowedDomains: k.Config.Mail.AllowedDomains}
	var addresses []string
	for _, delivery := range report.Deliver {
		if m := delivery.Mail; m != nil {
			addresses = slices.Concat(addresses, m.To, m.CC, m.BCC)
			for _, part := range slices.Sorted(maps.Keys(m.Recipients)) {
				addresses = append(addresses, m.Recipients[part]...)
			}
		}
	}
	return server.CheckAddresses(addresses)
}

// checkReport builds a report's workbook from an empty database, which runs every query and resolves every column.
func (k *checker) checkReport(ctx context.Context, name string) error {
	definition, entry, err := pipeline.Definition(k.Config, name)
	if err != nil {
		return err
	}
	for _, query := range definition.Queries() {
		if _, unusable := k.empty.unusable[query]; unusable {
			return errUnusableQuery
		}
		if _, err := queries.Named(k.user, query); err != nil {
			return err
		}
	}
	days, err := period.Parse(entry.Period, k.Now().In(k.Config.Zone()))
	if err != nil {
		return err
	}
	if _, err := pipeline.ShouldRun(ctx, k.empty.Reader, entry, days); err != nil {
		return err
	}
	_, err = definition.Build(ctx, k.empty.cached, report.Request{Period: days, Zone: k.Config.Zone(), Filters: entry.Filters},
		filepath.Join(k.empty.dir, "check.xlsx"))
	return err
}

// userQueryTimeout is far above what a query of an empty database needs.
const userQueryTimeout = 10 * time.Second

// checkUserQueries runs every user query on an empty database. One that uses another with a problem is no finding.
func (k *checker) checkUserQueries(ctx context.Context) {
	for _, query := range k.user {
		err, unusable := k.empty.unusable[query.Name]
		if unusable && err == nil {
			continue
		}
		if !unusable {
			k.begin("query " + query.Name)
			err = k.runUserQuery(ctx, query)
		}
		if err != nil {
			k.empty.unusable[query.Name] = nil // reports that use it are no findings
		}
		k.add("query "+query.Name, err)
	}
}

func (k *checker) runUserQuery(ctx context.Context, query queries.File) error {
	limited, cancel := context.WithTimeout(ctx, userQueryTimeout)
	defer cancel()
	err := k.empty.cached.Query(limited, query.Name, k.arguments(), ignoreHeader, ignoreRow)
	if limited.Err() != nil && ctx.Err() == nil {
		err = query.Explain(fmt.Errorf("it takes longer than %s on an empty database\nhint: look for a part that never ends", userQueryTimeout))
	}
	return err
}

// arguments returns those of yesterday, the period of most reports, whose queries are then cached.
func (k *checker) arguments() map[string]any {
	yesterday, err := period.Parse("yesterday", k.Now().In(k.Config.Zone()))
	if err != nil {
		panic(err) // a constant
	}
	arguments := pipeline.QueryArguments(yesterday, nil)
	for _, filter := range queries.Filters {
		arguments[filter] = nil
	}
	return arguments
}
