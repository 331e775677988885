package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"os/signal"

	"github.com/spf13/cobra"
	"golang.org/x/net/netutil"

	"callsheet/internal/collector"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/page"
	"callsheet/internal/pagedata"
	"callsheet/internal/pipeline"
	"callsheet/internal/scheduler"
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
	p := a.pipeline(c)
	options, names, err := pagedata.Options(p)
	if err != nil {
		return err
	}
	go names.Refresh(ctx, c.Data())
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
		certificate, err := collector.NewTLS(c.Path(files.CertFile), c.Path(files.KeyFile), p.Log)
		if err != nil {
			return errors.Join(exitcode.UsageError(err), listener.Close())
		}
		secured := certificate.Config()
		secured.NextProtos = []string{"h2", "http/1.1"} // by HTTP/1.1, a browser has six pages at most
		scheme, listener = "https", tls.NewListener(listener, secured)
	}
	p.Log.Info("serving the page", "address", scheme+"://"+address, "users", len(c.Page.Users))
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	serving, release := signal.NotifyContext(ctx, scheduler.HandOver)
	defer release()
	if err = server.Serve(serving, listener); err == nil {
		err = a.parent.Send("closed")
	}
	if err != nil {
		stop()
	}
	server.FinishRuns(ctx)
	return err
}

// printToday prints the figures of Today as JSON.
func (a *app) printToday(ctx context.Context, p *pipeline.Pipeline, group string) error {
	a.limitHeap()
	today, err := pagedata.ComputeToday(ctx, p, group)
	if err != nil {
		return err
	}
	return json.NewEncoder(a.stdout).Encode(today)
}
