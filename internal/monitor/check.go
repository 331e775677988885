package monitor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"callsheet/internal/config"
	"callsheet/internal/display"
	"callsheet/internal/importer"
	"callsheet/internal/notify"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
	"callsheet/queries"
	"callsheet/report"
	"callsheet/store"
)

// Finding is the result of one check.
type Finding struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Note string `json:"note,omitempty"`

	IsWarning bool `json:"-"` // if not OK, it needs a look, while everything works
}

// Progress is what Check does: a check begins, or it has a finding.
type Progress struct {
	Begun     string
	Finding   *Finding
	IsWarning bool // of the finding
}

// checker collects the findings of one pipeline.
type checker struct {
	*pipeline.Pipeline
	user     []queries.File // the user's named queries
	empty    emptyStore
	findings []Finding
	progress func(Progress)
}

// begin says what the next finding is about. It is for checks that run SQL, which may never end.
func (k *checker) begin(what string) { k.progress(Progress{Begun: what}) }

func (k *checker) add(what string, err error) { k.addFinding(what, err, false) }

func (k *checker) addFinding(what string, err error, isWarning bool) {
	f := Finding{What: what, OK: err == nil, IsWarning: isWarning}
	if err != nil {
		f.Note = strings.TrimPrefix(err.Error(), what+": ")
	}
	k.report(f)
}

func (k *checker) report(f Finding) {
	k.findings = append(k.findings, f)
	k.progress(Progress{Finding: &f, IsWarning: f.IsWarning})
}

// warn adds a finding that needs a look, while everything works.
func (k *checker) warn(what string, err error) {
	k.addFinding(what, err, true)
}

// errUnusableQuery is of a report whose query has a problem, which is another finding.
var errUnusableQuery = errors.New("it uses a query that has a problem")

// addReport adds the finding of a report or a template, but a problem of a user query only once.
func (k *checker) addReport(what string, err error) {
	if err != nil && (errors.Is(err, errUnusableQuery) || slices.ContainsFunc(k.findings, func(f Finding) bool { return f.Note == err.Error() || f.What+": "+f.Note == err.Error() })) {
		return
	}
	k.add(what, err)
}

// Check checks everything that can be wrong, in the order in which problems should be fixed. It changes nothing.
func Check(ctx context.Context, p *pipeline.Pipeline, progress func(Progress)) []Finding {
	c, k := p.Config, &checker{Pipeline: p, progress: progress}
	k.add("configuration "+p.ConfigPath, nil)
	if len(c.Collector.Sources) > 0 {
		k.add("collector sources and tokens", checkTokens(c))
	}
	k.add("data folder "+c.Path(c.DataDir), errors.Join(checkWritable(c.Path(c.DataDir)), store.CheckPath(c.Database())))
	k.user = queries.User(c.UserQueries())
	var err error
	k.empty, err = openEmptyStore(ctx, p)
	k.add("queries", err)
	if err != nil {
		return k.findings
	}
	defer k.empty.close()
	k.checkHost(pipeline.CheckDisk(c))
	if c.Store.Lake.Enabled() {
		k.checkLake(ctx)
	} else {
		k.add("database "+c.Database(), checkOpens(c.Database()))
	}
	if c.Store.Publish {
		k.checkAccess()
	}
	k.checkUserQueries(ctx)
	for _, source := range c.Collector.Sources {
		if len(source.Import.Fields) > 0 || source.Import.Direction != "" {
			k.add("import of source "+source.Name, k.checkImport(ctx, source))
		}
	}
	for _, report := range c.Reports {
		k.checkConfiguredReport(ctx, report)
	}
	k.checkWebhooks(ctx)
	k.checkVendorAPIs(ctx)
	if c.Mail.Host != "" && c.Mail.From != "" {
		k.checkMailServer(ctx)
	}
	k.checkMailTemplates()
	templates := pipeline.UserTemplateNames(c)
	if len(k.user) > 0 { // which a built-in template may use instead of the built-in query of the same name
		templates = pipeline.TemplateNames(c)
	}
	for _, name := range templates {
		if !slices.ContainsFunc(c.Reports, func(r config.Report) bool { return r.Name == name }) {
			k.begin("template " + name)
			k.addReport("template "+name, k.checkReport(ctx, name))
		}
	}
	if _, err := os.Lstat(c.ReadDatabase()); err == nil && !c.Store.Lake.Enabled() {
		what := "data " + c.ReadDatabase()
		if c.Store.Publish {
			what = "published " + what
		}
		k.begin(what)
		k.add(what, k.checkData(ctx))
		k.warn("spool files "+c.SpoolDir(), k.checkSpoolFiles(ctx))
		k.checkFilters(ctx)
	}
	return k.findings
}

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

// checkMailTemplates checks the site's own templates of mails.
func (k *checker) checkMailTemplates() {
	if !slices.ContainsFunc([]string{"mail.html", "mail.txt"}, func(name string) bool {
		_, err := os.Lstat(filepath.Join(k.Config.UserTemplates(), name))
		return err == nil
	}) {
		return
	}
	texts, err := pipeline.MailTemplates(k.Config)
	if err == nil {
		err = texts.Check()
	}
	k.add("templates of mails", err)
}

// The check of a mail server ends before the minute that a check may take.
const (
	mailStepTimeout  = 40 * time.Second
	mailCheckTimeout = 50 * time.Second
)

// checkMailServer logs in to the mail server and announces a mail, without sending one.
func (k *checker) checkMailServer(ctx context.Context) {
	what := "mail from " + k.Config.Mail.From
	k.begin(what)
	channel, err := k.MailChannel()
	if err != nil {
		k.add(what, err)
		return
	}
	limited, cancel := context.WithTimeout(ctx, mailCheckTimeout)
	defer cancel()
	channel.Server.Timeout = mailStepTimeout
	err = channel.Server.Check(limited)
	k.addFinding(what, err, !errors.Is(err, notify.ErrPermanent)) // it may be down for the moment
}

func checkTokens(c *config.Config) error {
	for _, source := range c.Collector.Sources {
		if _, err := c.ResolveTokens(source); err != nil {
			return err
		}
	}
	return nil
}

// checkImport checks how the exports of a source are read.
func (k *checker) checkImport(ctx context.Context, source config.Source) error {
	mapping := importer.Mapping{Saved: source.Import.Fields}
	return errors.Join(mapping.Check(), importer.CheckDirection(source.Import.Direction, func(word string) (string, error) {
		return k.empty.Direction(ctx, source.Name, word)
	}))
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
			_, err := pipeline.QueryRecipients(ctx, k.empty.Reader, k.Config.Path(delivery.Mail.RecipientsQuery))
			k.add("report "+report.Name+", recipients", err)
		}
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

// checkFilters reports goals, and filters and parts of configured reports, that no call has.
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
	if !c.Store.Publish {
		return nil
	}
	return store.CheckPublished(c.PublishedDatabase())
}

// checkOpens opens an existing file for writing, without changing it.
func checkOpens(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("not writable: %w\nhint: it must belong to the user that runs callsheet", err)
	}
	return file.Close()
}

// checkWritable creates a file in a folder, or in the folder where it would be created.
func checkWritable(dir string) error {
	for {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			return fmt.Errorf("%s is not a folder", dir)
		}
		if err == nil {
			break
		}
		if !errors.Is(err, os.ErrNotExist) || dir == filepath.Dir(dir) {
			return err
		}
		dir = filepath.Dir(dir)
	}
	file, err := os.CreateTemp(dir, ".check-*")
	if err != nil {
		return fmt.Errorf("not writable: %w", err)
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}
