// Package pagedata gives the page its options and its data: it joins internal/page, which knows no configuration and no database, with the
// pipeline. Databases are opened in child processes, so that the page outlives a crash of DuckDB.
package pagedata

import (
	"context"
	"io"
	"maps"
	"net"
	"slices"

	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/live"
	"callsheet/internal/locale"
	"callsheet/internal/monitor"
	"callsheet/internal/page"
	"callsheet/internal/pipeline"
	"callsheet/internal/spool"
)

// roles are those of the page, by the word for each in the configuration.
var roles = map[string]page.Role{config.RoleViewer: page.Viewer, config.RoleAnalyst: page.Analyst, config.RoleOperator: page.Operator}

// Options returns the options of the page with the configuration and the data of a pipeline, and the names that the page shows.
func Options(p *pipeline.Pipeline) (options page.Options, names *Names, err error) {
	c := p.Config
	passwords, err := c.ResolvePasswords()
	if err != nil {
		return options, nil, exitcode.UsageError(err)
	}
	host, _, _ := net.SplitHostPort(c.Page.Listen)
	options = page.Options{
		UserHeader: c.Page.UserHeader, SessionTime: c.Page.SessionTime, SessionFile: c.Data("sessions.json"),
		OnlyProxies: c.Page.TLS.CertFile == "" && !config.IsLoopback(host),
		Target:      c.Business.ServiceLevelTarget, Zone: c.Zone(),
	}
	if options.Locale, err = locale.Parse(c.Locale); err != nil {
		return options, nil, exitcode.UsageError(err)
	}
	for _, proxy := range c.Page.TrustedProxies {
		network, err := config.ParseNetwork(proxy)
		if err != nil {
			return options, nil, exitcode.UsageError(err)
		}
		options.TrustedProxies = append(options.TrustedProxies, network)
	}
	for _, user := range c.Page.Users {
		groups := user.Groups
		if user.Role != config.RoleViewer || slices.Contains(groups, config.Everyone) {
			groups = nil
		}
		options.Users = append(options.Users, page.User{Name: user.Name, Role: roles[user.Role], Groups: groups, Password: passwords[user.Name]})
	}
	names = newNames(c)
	options.Board = live.NewBoard(boardOptions(c, names))
	options.Spool = spool.Follow(c.SpoolDir(), p.Now().Add(-2*c.Page.LongestCall))
	options.ReportsDir, options.ScratchDir = c.Data("reports"), c.Data()
	options.LoadEvery, options.LateAfter = c.Store.LoadEvery, monitor.LateAfter(c)
	options.Log, options.Now = p.Log, p.Now
	setSources(&options, p)
	return options, names, nil
}

// setSources sets what the page reads and runs, most of it in child processes.
func setSources(options *page.Options, p *pipeline.Pipeline) {
	options.Data = func(ctx context.Context) (*page.Data, error) { return readState(ctx, p) }
	options.Today = func(ctx context.Context, group string) (*page.Today, error) { return readToday(ctx, p, group) }
	options.Published = func() string { return published(p.Config, p.Now()) }
	options.Reports = func() ([]page.Report, error) { return readReports(p) }
	options.RunReport = func(ctx context.Context, name string) (string, error) { return runReport(ctx, p, name) }
	options.Ask = func(ctx context.Context, q page.Question, out io.Writer) (string, error) { return ask(ctx, p, q, out) }
	options.Catalog = func(ctx context.Context) (*page.Catalog, error) { return readCatalog(ctx, p) }
	options.Queries = func() []page.NamedQuery { return namedQueries(p) }
}

// boardOptions returns how the deliveries are read for the page.
func boardOptions(c *config.Config, names *Names) live.Options {
	options := live.Options{Sources: map[string]live.Source{}, LongestCall: c.Page.LongestCall, MaskNumbers: c.Page.MaskCallers}
	other, _ := c.Source("")
	options.Other.Zone = other.Zone()
	for _, s := range c.Collector.Sources {
		options.Sources[s.Name] = live.Source{
			Zone: s.Zone(), CustomerIsCaller: s.OutgoingCaller == "customer", StatusWords: s.StatusWords, DirectionWords: s.DirectionWords,
			NothingValues: s.NothingValues,
		}
	}
	options.Agent, options.Group = names.agent, names.group
	options.Groups = slices.Concat(slices.Collect(maps.Values(c.Business.NumberGroups)), slices.Collect(maps.Keys(c.Business.GroupGoals)),
		names.directory.Load().GroupNames())
	return options
}
