package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"maps"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/net/netutil"

	"callsheet/internal/collector"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/live"
	"callsheet/internal/locale"
	"callsheet/internal/monitor"
	"callsheet/internal/page"
	"callsheet/internal/phone"
	"callsheet/internal/spool"
)

func pageCommand(a *app) *cobra.Command {
	var today bool
	var group string
	command := &cobra.Command{
		Use:   "page",
		Short: "Serve the page on which people watch the calls in progress",
		Long: `page serves the web page at page.listen until it is interrupted. It reads the spool; child processes read the published data. callsheet serve
starts it as a child process where page.listen is set; page runs it alone, beside callsheet collect or on another machine that has the
spool. docs/page.md says who may see what.`,
		Example: `  callsheet page
  callsheet --config /etc/callsheet/callsheet.yaml page`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := a.config()
			if err != nil {
				return err
			}
			if cfg.Page.Listen == "" {
				return exitcode.UsageError(errors.New("the configuration has no page.listen\nhint: set it to 127.0.0.1:8081, for example"))
			}
			if today {
				return a.printToday(c.Context(), a.pipeline(cfg), group)
			}
			a.collects = true
			return a.servePage(c.Context(), cfg)
		},
	}
	command.Flags().BoolVar(&today, "today", false, "print the figures of the day for the page that started this process")
	command.Flags().StringVar(&group, "group", "", "of this group")
	if err := errors.Join(command.Flags().MarkHidden("today"), command.Flags().MarkHidden("group")); err != nil {
		panic(err)
	}
	return command
}

// maxPageConnections is the number of connections to the page that are open at once.
const maxPageConnections = 2_000

// servePage serves the page until ctx ends.
func (a *app) servePage(ctx context.Context, c *config.Config) error {
	log := a.logger(c)
	options, names, err := pageOptions(c)
	if err != nil {
		return err
	}
	go names.refresh(ctx, c.Data())
	options.Log, options.Now = log, a.now
	pipeline := a.pipeline(c)
	options.Data = func(ctx context.Context) (*page.Data, error) { return readPageData(ctx, pipeline) }
	options.Today = func(ctx context.Context, group string) (*page.Today, error) {
		return readPageToday(ctx, pipeline, group)
	}
	options.Published = func() page.Published { return publishedData(c, a.now()) }
	options.LoadEvery, options.LateAfter = c.Store.LoadEvery, monitor.LateAfter(c)
	options.Reports = func() ([]page.Report, error) { return readPageReports(pipeline) }
	options.RunReport = func(ctx context.Context, name string) (string, error) { return runPageReport(ctx, pipeline, name) }
	options.Ask = func(ctx context.Context, q page.Question, out io.Writer) (string, error) {
		return askInChild(ctx, pipeline, q, out)
	}
	options.Catalog = func(ctx context.Context) (*page.Catalog, error) { return readCatalog(ctx, pipeline) }
	options.Queries = func() []page.NamedQuery { return pageQueries(pipeline) }
	options.ReportsDir, options.ScratchDir = c.Data("reports"), c.Data()
	options.Spool = spool.Follow(c.SpoolDir(), a.now().Add(-2*c.Page.LongestCall))
	server, err := page.New(options)
	if err != nil {
		return err
	}
	listener, err := collector.ListenOn("page.listen", c.Page.Listen)
	if err != nil {
		return err
	}
	address := listener.Addr().String()
	listener = netutil.LimitListener(listener, maxPageConnections)
	scheme := "http"
	if files := c.Page.TLS; files.CertFile != "" {
		certificate, err := collector.NewTLS(c.Path(files.CertFile), c.Path(files.KeyFile), log)
		if err != nil {
			return errors.Join(exitcode.UsageError(err), listener.Close())
		}
		secured := certificate.Config()
		secured.NextProtos = []string{"h2", "http/1.1"} // by HTTP/1.1, a browser has six pages at most
		scheme, listener = "https", tls.NewListener(listener, secured)
	}
	log.Info("serving the page", "address", scheme+"://"+address, "users", len(c.Page.Users))
	return server.Serve(ctx, listener)
}

// roles are those of the page, by the word for each in the configuration.
var roles = map[string]page.Role{config.RoleViewer: page.Viewer, config.RoleAnalyst: page.Analyst, config.RoleOperator: page.Operator}

// pageOptions returns the options of the page from the configuration, and the names that it shows.
func pageOptions(c *config.Config) (options page.Options, names *pageNames, err error) {
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
	names = newPageNames(c)
	options.Board = live.NewBoard(boardOptions(c, names))
	return options, names, nil
}

// boardOptions returns how the deliveries are read for the page.
func boardOptions(c *config.Config, names *pageNames) live.Options {
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

// pageNames has the names that go with numbers: of the configuration, else of the vendors' directories.
type pageNames struct {
	agents    map[string][]config.Agent // by the key of the phone
	groups    map[string]string         // by the key of the virtual number
	zone      *time.Location
	directory atomic.Pointer[live.Directory]
}

func newPageNames(c *config.Config) *pageNames {
	n := &pageNames{agents: map[string][]config.Agent{}, groups: map[string]string{}, zone: c.Zone()}
	for _, agent := range c.Business.Agents {
		key := phone.Key(agent.Number)
		n.agents[key] = append(n.agents[key], agent)
	}
	for number, group := range c.Business.NumberGroups {
		n.groups[phone.Key(number)] = group
	}
	n.readDirectories(c.Data())
	return n
}

// directoryInterval is how often the directories are read again, since serve fetches them.
const directoryInterval = 5 * time.Minute

// refresh reads the directories again and again until ctx ends.
func (n *pageNames) refresh(ctx context.Context, dataDir string) {
	ticker := time.NewTicker(directoryInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			n.readDirectories(dataDir)
		}
	}
}

// readDirectories reads the directories. Without one that can be read, the page shows numbers instead of names; callsheet verify reports it.
func (n *pageNames) readDirectories(dataDir string) {
	directories, _ := spool.ReadDirectories(dataDir)
	directory := live.NewDirectory(directories)
	n.directory.Store(&directory)
}

func (n *pageNames) agent(source, number string, at time.Time) string {
	day := at.In(n.zone).Format(time.DateOnly)
	for _, agent := range n.agents[phone.Key(number)] {
		if agent.From <= day && (agent.To == "" || day <= agent.To) {
			return agent.Name
		}
	}
	return n.directory.Load().Agent(source, number)
}

func (n *pageNames) group(source, number string) string {
	return cmp.Or(n.groups[phone.Key(number)], n.directory.Load().Group(source, number))
}
