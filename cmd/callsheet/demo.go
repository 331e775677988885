package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"callsheet/internal/atomicfile"
	"callsheet/internal/config"
	"callsheet/internal/demo"
	"callsheet/internal/display"
	"callsheet/internal/exitcode"
	"callsheet/internal/lazyregexp"
	"callsheet/internal/period"
	"callsheet/internal/pipeline"
	"callsheet/internal/shell"
	"callsheet/store"
)

// demoOptions are the flags of demo.
type demoOptions struct {
	dir   string
	calls int
	days  int
	seed  uint64
	until string

	vendorAPI string // address of the stand-in
	serve     bool   // with calls going on
}

// defaultDemo has the defaults of the flags.
var defaultDemo = demoOptions{dir: "callsheet-demo", calls: 5000, days: 35, seed: 1}

func demoCommand(a *app) *cobra.Command {
	var o demoOptions
	command := &cobra.Command{
		Use:   "demo",
		Short: "Try callsheet with generated deliveries",
		Long: `demo generates believable deliveries of a call centre, sends them over HTTP to a real collector in all three encodings,
loads them, builds a daily, a weekly and a monthly workbook, and prints the figures and the paths. Some reports are lost on the
way, and come back from the vendor's own list of calls (callsheet reconcile). Everything is in one folder with its own configuration,
so that the other commands can be tried on it.

With --serve it runs callsheet serve on it afterwards, with calls going on, until it is interrupted: the page shows them at
http://127.0.0.1:8081/. A demo that is in --dir already is served as it is, unless its creation was interrupted.

With --vendor-api it serves a stand-in of the vendor's API instead, which has the same calls, until it is interrupted: to try
callsheet reconcile without an account. It has the calls of the demo in --dir, if there is one.`,
		Example: `  callsheet demo
  callsheet demo --dir /tmp/demo --calls 20000 --days 31 --seed 7
  callsheet --config callsheet-demo/callsheet.yaml query groups --period this-month
  callsheet demo --serve                          # watch calls in a browser
  callsheet demo --vendor-api 127.0.0.1:8090`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			set := c.Flags().Changed
			isAnyDemo := !set("calls") && !set("days") && !set("seed") && !set("until")
			switch {
			case o.serve && !isAnyDemo && o.hasDemo():
				return exitcode.UsageError(fmt.Errorf("%s has a demo, which --serve serves as it is\nhint: leave --calls, --days, --seed and --until out, or name another --dir; callsheet demo without --serve replaces it", o.dir))
			case o.serve:
				hangups := a.catchHangups()
				if !o.hasDemo() {
					if o.isIncomplete() {
						fmt.Fprintf(a.stderr, "the demo in %s is incomplete, and is created again\n", o.dir)
					}
					if err := a.demo(c.Context(), o); err != nil {
						return err
					}
				}
				return a.serveDemo(c.Context(), o, hangups)
			case o.vendorAPI == "":
				return a.demo(c.Context(), o)
			case isAnyDemo:
				o = o.ofFolder()
			}
			return a.serveVendorAPI(c.Context(), o)
		},
	}
	command.Flags().StringVar(&o.dir, "dir", defaultDemo.dir, "folder for everything the demo creates; emptied if it holds an earlier demo")
	command.Flags().IntVar(&o.calls, "calls", defaultDemo.calls, "number of calls")
	command.Flags().IntVar(&o.days, "days", defaultDemo.days, "number of days with calls")
	command.Flags().Uint64Var(&o.seed, "seed", defaultDemo.seed, "the same seed generates the same calls")
	command.Flags().StringVar(&o.until, "until", "", "last day of the calls; default yesterday")
	command.Flags().StringVar(&o.vendorAPI, "vendor-api", "", "serve a stand-in of the vendor's API at this address")
	command.Flags().BoolVar(&o.serve, "serve", false, "serve the demo, with calls going on")
	command.MarkFlagsMutuallyExclusive("serve", "vendor-api")
	return command
}

func (a *app) demo(ctx context.Context, o demoOptions) error {
	d, err := a.createDemo(ctx, o)
	if err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "sent %s over HTTP in %.1f s, loaded %s in %.1f s\n\n",
		display.Plural(d.deliveries, "delivery"), d.sent.Seconds(), display.Plural(int(d.summary.Lines), "line"), d.loaded.Seconds())
	p, whole := a.pipeline(d.config), period.Period{From: d.last.AddDate(0, 0, 1-o.days), To: d.last}
	for _, imported := range d.reconciled.Imported {
		fmt.Fprintf(a.stdout, "%s on the way, and the vendor's own list of calls (a stand-in here) had %s: callsheet reconcile --fix imported them\n\n",
			display.Agree(int64(lostReports(o.calls)), "report was lost", "reports were lost"), display.Agree(imported.Missing, "such call", "such calls"))
	}
	if err := a.printFigures(ctx, p, whole); err != nil {
		return err
	}
	day := d.last
	if day.Weekday() == time.Sunday && o.days > 1 {
		day = day.AddDate(0, 0, -1) // the call centre is almost closed on Sundays
	}
	if err := a.demoWorkbooks(ctx, p, day); err != nil {
		return err
	}
	// The vendor's API of reconcileDemo is not in the configuration, and publish refuses data that was loaded with another one.
	if _, err := p.Refresh(ctx, false, nil); err != nil {
		return err
	}
	if err := writeMark(o.dir, markOf(d.size)); err != nil {
		return err
	}
	printDemoEnd(a.stdout, d.config, o, d.summary, whole)
	return nil
}

// createdDemo is the loaded data of a demo.
type createdDemo struct {
	config       *config.Config
	size         demo.Options
	last         time.Time // the last day of the calls
	deliveries   int
	summary      store.Summary
	sent, loaded time.Duration // how long it took
	reconciled   reconciliation
}

// createDemo generates the deliveries, sends them to a collector, loads them and imports what was lost from the vendor's list.
func (a *app) createDemo(ctx context.Context, o demoOptions) (d createdDemo, err error) {
	size, err := o.size(a.now())
	if err != nil {
		return d, err
	}
	if err := a.switchToOwner(o.dir); err != nil {
		return d, err
	}
	c, token, err := prepareDemo(o.dir, size)
	if err != nil {
		return d, err
	}
	d.config, d.size = c, size
	d.last = time.Date(size.Until.Year(), size.Until.Month(), size.Until.Day()-1, 0, 0, 0, 0, time.UTC)
	deliveries := demo.Generate(size)
	d.deliveries = len(deliveries)

	if d.sent, err = a.sendDemo(ctx, c, token, deliveries); err != nil {
		return d, fmt.Errorf("sending the demo's deliveries: %w", err)
	}
	started := a.now()
	d.summary, err = a.pipeline(c).Refresh(ctx, false, nil)
	d.loaded = a.now().Sub(started)
	if err == nil {
		d.reconciled, err = a.reconcileDemo(ctx, c, size)
	}
	return d, err
}

// prepareDemo creates the folder with its configuration and the mark of an incomplete demo. It refuses a folder that holds anything but an earlier demo.
func prepareDemo(dir string, o demo.Options) (*config.Config, string, error) {
	path := filepath.Join(dir, "callsheet.yaml")
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		if _, err := os.Stat(filepath.Join(dir, demoMark)); err != nil {
			return nil, "", exitcode.UsageError(fmt.Errorf("%s is not empty and not an earlier demo\nhint: choose another folder with --dir", dir))
		}
	}
	if err := atomicfile.MkdirReadable(dir); err != nil {
		return nil, "", err
	}
	if err := writeMark(dir, markOf(o)+markIncomplete); err != nil {
		return nil, "", err
	}
	for _, name := range []string{"data", "reports"} { // of an earlier demo
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return nil, "", err
		}
	}
	token := rand.Text()
	groups, err := yaml.MarshalWithOptions(demo.NumberGroups(), yaml.Flow(true))
	if err != nil {
		return nil, "", err
	}
	var agents strings.Builder
	names := demo.Agents(o)
	for _, number := range slices.Sorted(maps.Keys(names)) {
		fmt.Fprintf(&agents, "\n    - {number: %q, name: %q}", number, names[number])
	}
	text := strings.ReplaceAll(initTemplate, `["FRESH_TOKEN"]`, fmt.Sprintf("[%q]\n      # callsheet demo --vendor-api %s serves this API:\n      # %s",
		token, demoVendorAPI, vendorAPIBlock("http://"+demoVendorAPI+"/api")))
	text = numberGroupsLine().ReplaceAllLiteralString(text, "  number_groups: "+strings.TrimSpace(string(groups))+"\n  agents:"+agents.String())
	text = goalsLine().ReplaceAllLiteralString(text, "  goals: {answer_rate: 0.85, service_level: 0.7}\n  group_goals: {Support: {answer_rate: 0.9}}")
	text += "\n# callsheet serve shows the calls in progress here.\npage: {listen: " + demoPage + "}\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, "", err
	}
	c, err := config.Load(path)
	return c, token, err
}

// numberGroupsLine is the line of init.yaml that the demo replaces with its number groups and agents.
var numberGroupsLine = lazyregexp.New(`(?m)^  # number_groups:.*$`)

// goalsLine is the line that it replaces with goals of its own.
var goalsLine = lazyregexp.New(`(?m)^  # goals:.*$`)

// demoPage is the address of a demo's page.
const demoPage = "127.0.0.1:8081"

// demoMark is a file in folders that demo may empty.
const demoMark = ".callsheet-demo"

func writeMark(dir, text string) error {
	return atomicfile.WriteFile(atomicfile.OS{}, filepath.Join(dir, demoMark), []byte(text))
}

// sendDemo sends the deliveries to a collector on a free port, whose clock is set to the time of each delivery: the spool then looks
// as if the calls had arrived over days.
func (a *app) sendDemo(ctx context.Context, c *config.Config, token string, deliveries []demo.Delivery) (time.Duration, error) {
	started := a.now()
	var clock atomic.Int64
	clock.Store(deliveries[0].At.UnixNano())
	now := func() time.Time { return time.Unix(0, clock.Add(int64(time.Microsecond))) }

	onFreePort := *c
	onFreePort.Collector.Listen = "127.0.0.1:0"
	server, address, err := startCollector(&onFreePort, slog.New(slog.NewTextHandler(io.Discard, nil)), now, prometheus.NewRegistry())
	if err != nil {
		return 0, err
	}
	bar := display.NewProgress(a.stderr, "sending", a.now)
	err = demo.Send(ctx, &http.Client{}, "http://"+address+"/hooks/main/"+token, deliveries,
		func(t time.Time) { clock.Store(t.UnixNano()) },
		func(done int) { bar.Count(int64(done), int64(len(deliveries))) })
	bar.Finish()
	return a.now().Sub(started), errors.Join(err, server.Stop(0))
}

// printFigures prints the figures of the groups and of all calls, as `query` does.
func (a *app) printFigures(ctx context.Context, p *pipeline.Pipeline, days period.Period) error {
	fmt.Fprintf(a.stdout, "%s, times in %s\n\n", days.Words(), p.Config.Timezone)
	for _, name := range []string{"groups", "summary"} {
		out, err := shell.NewWriter(a.stdout, a.stderr, "table")
		if err != nil {
			return err
		}
		out.Columns = []string{"offered", "answered_in", "missed", "answer_rate", "talk_seconds", "coins"} // 80 columns
		if name == "groups" {
			out.Columns = append([]string{"call_group"}, out.Columns...)
		}
		if err := a.runQuery(ctx, p, queryRequest{name: name, arguments: pipeline.QueryArguments(days, nil)}, "", out); err != nil {
			return err
		}
		fmt.Fprintln(a.stdout)
	}
	return nil
}

// demoWorkbooks builds the workbooks of a day, its week and its month.
func (a *app) demoWorkbooks(ctx context.Context, p *pipeline.Pipeline, day time.Time) error {
	year, week := day.ISOWeek()
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, one := range [][2]string{
		{"daily", day.Format(time.DateOnly)}, {"weekly", fmt.Sprintf("%d-W%02d", year, week)}, {"monthly", day.Format("2006-01")},
	} {
		days, err := period.Parse(one[1], day)
		if err != nil {
			return err
		}
		path, result, err := p.Build(ctx, pipeline.WorkbookRequest{Report: one[0], Period: days})
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", one[0], display.Plural(int(result.Calls), "call"), shortPath(path))
	}
	return w.Flush()
}

// shortPath returns a path relative to the working directory if that is shorter.
func shortPath(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if short, err := filepath.Rel(here, path); err == nil && len(short) < len(path) {
		return short
	}
	return path
}

func printDemoEnd(w io.Writer, c *config.Config, o demoOptions, summary store.Summary, whole period.Period) {
	fmt.Fprintf(w, "\nspool      %s\ndatabase   %s\n", shortPath(c.SpoolDir()), shortPath(c.PublishedDatabase()))
	if summary.Rejects > 0 {
		fmt.Fprintf(w, "rejected   %s, kept in the table rejects\n", display.Plural(int(summary.Rejects), "broken line"))
	}
	if o.serve {
		return
	}
	fmt.Fprintf(w, "\ntry: callsheet --config %s query agents --from %s --to %s\n     callsheet demo --dir %s --serve\n     callsheet demo --dir %[4]s --vendor-api %[5]s\n",
		shellWord(filepath.Join(o.dir, "callsheet.yaml")), whole.From.Format(time.DateOnly), whole.To.Format(time.DateOnly), shellWord(o.dir), demoVendorAPI)
}
