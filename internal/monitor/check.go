package monitor

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"

	"callsheet/internal/backup"
	"callsheet/internal/config"
	"callsheet/internal/importer"
	"callsheet/internal/pipeline"
	"callsheet/queries"
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
	folder := checkWritable(c.Path(c.DataDir))
	k.add("data folder "+c.Path(c.DataDir), errors.Join(withWriteHint(folder), store.CheckPath(c.Database()), backup.CheckFinished(c.Data())))
	isReadOnly := errors.Is(folder, syscall.EROFS) // no file in it can be written
	if !isReadOnly {
		k.add("files in "+c.Data(), checkFiles(c, p.Now()))
	}
	k.user = queries.User(c.UserQueries())
	var err error
	k.empty, err = openEmptyStore(ctx, p)
	k.add("queries", err)
	if err != nil {
		return k.findings
	}
	defer k.empty.close()
	k.checkHost(pipeline.CheckDisk(c))
	switch {
	case c.Store.Lake.Enabled():
		k.checkLake(ctx)
	case !isReadOnly:
		k.checkDatabase(ctx)
	}
	if c.Publishes() {
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
		if c.Publishes() {
			what = "published " + what
		}
		k.begin(what)
		k.add(what, k.checkData(ctx))
		k.warn("spool files "+c.SpoolDir(), k.checkSpoolFiles(ctx))
		k.checkFilters(ctx)
	}
	return k.findings
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
