package scheduler

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"sync"
	"syscall"
	"time"

	"callsheet/internal/backoff"
	"callsheet/internal/child"
	"callsheet/internal/collector"
	"callsheet/internal/config"
	"callsheet/internal/exitcode"
	"callsheet/internal/pagedata"
	"callsheet/internal/pipeline"
)

// pageMemory is the memory limit of the page's process. It needs some 50 MB, and 46 MiB for each of two passwords that are checked at once.
const pageMemory = 512 << 20

// pageBackoff is the wait before a page that has ended is started again. A page that ran for longer than pageIsStable starts a new count
// of failures.
var pageBackoff = backoff.Policy{Initial: time.Second, Max: time.Minute}

const pageIsStable = 10 * time.Minute

// HandOver is the signal after which the process of the page closes its address and tells its parent with a message. It ends when the reports
// have ended that were started on it.
const HandOver = syscall.SIGUSR1

// handOverTime is how long the process may take to close its address.
const handOverTime = 15 * time.Second

// pageProcess runs the page in a child process, each time with the configuration that was applied last.
type pageProcess struct {
	next      chan *pipeline.Pipeline // the latest, while it has not taken over
	failed    func()                  // called each time that the process fails
	processes sync.WaitGroup
}

func newPageProcess(failed func()) *pageProcess {
	return &pageProcess{next: make(chan *pipeline.Pipeline, 1), failed: failed}
}

// check returns why the page would not start with a configuration.
func (*pageProcess) check(p *pipeline.Pipeline) error {
	if p.Config.Page.Listen == "" {
		return nil
	}
	_, _, err := pagedata.Options(p)
	return err
}

// checkReload returns why the page would be down after a reload. At the start this is not checked: the collector runs without the page.
func (*pageProcess) checkReload(p *pipeline.Pipeline, running config.Page) error {
	c := p.Config
	if c.Page.Listen == "" {
		return nil
	}
	if files := c.Page.TLS; files.CertFile != "" {
		if _, err := collector.NewTLS(c.Path(files.CertFile), c.Path(files.KeyFile), p.Log); err != nil {
			return exitcode.UsageError(fmt.Errorf("page.tls: %w", err))
		}
	}
	_, port, _ := net.SplitHostPort(c.Page.Listen)
	if _, runningPort, _ := net.SplitHostPort(running.Listen); port == runningPort {
		return nil // the page that is running may have it
	}
	listener, err := collector.ListenOn("page.listen", c.Page.Listen)
	if err != nil {
		return exitcode.UsageError(err)
	}
	return listener.Close()
}

// ServePage runs the page until ctx ends.
func (s *Scheduler) ServePage(ctx context.Context) { s.page.serve(ctx) }

// serve runs the page until ctx ends. Another configuration takes over with another process, to which the browsers connect again.
func (s *pageProcess) serve(ctx context.Context) {
	defer s.processes.Wait()
	var p *pipeline.Pipeline
	for failures := 0; ; {
		var again <-chan time.Time
		if p != nil && p.Config.Page.Listen != "" {
			began := p.Now()
			next := s.runUntilNext(ctx, p)
			if next != nil {
				p, failures = next, 0
				continue
			}
			if p.Now().Sub(began) > pageIsStable {
				failures = 0
			}
			again = time.After(pageBackoff.Wait(failures))
			failures++
		}
		select {
		case <-ctx.Done():
			return
		case p = <-s.next:
			failures = 0
		case <-again:
		}
	}
}

// runUntilNext runs the process until it ends, and returns nil, or until there is another configuration, and returns that. The process has
// closed its address then; it may go on with reports.
func (s *pageProcess) runUntilNext(ctx context.Context, p *pipeline.Pipeline) *pipeline.Pipeline {
	running, stop := context.WithCancel(ctx)
	signals, closed, ended := make(chan syscall.Signal, 1), make(chan struct{}), make(chan error, 1)
	hasClosed := sync.OnceFunc(func() { close(closed) })
	s.processes.Go(func() {
		defer stop()
		ended <- p.RunChild(running, child.Command{
			Args: []string{"page"}, Memory: pageMemory, Group: true, Low: true, Signals: signals, Receive: func(json.RawMessage) { hasClosed() },
		})
	})
	select {
	case next := <-s.next:
		signals <- HandOver
		select {
		case <-closed:
		case <-ended:
		case <-time.After(handOverTime):
			stop()
			<-ended
		}
		return next
	case err := <-ended:
		if ctx.Err() == nil {
			p.Log.Error("the process of the page ended; it is started again", "error", err)
			s.failed()
		}
		return nil
	}
}
