package shell

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"callsheet/internal/child"
)

// client is the prompt's side of a session process.
type client struct {
	*child.Process
	requests  *os.File
	responses chan response
	closed    chan struct{} // closed when nothing reads responses any more
}

// startSession starts a process that serves a Session.
func (p *Prompt) startSession() (*client, error) {
	memory, err := p.Limits.ProcessMemory()
	if err != nil {
		return nil, err
	}
	stdin, requests, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer stdin.Close()
	c := &client{requests: requests, responses: make(chan response), closed: make(chan struct{})}
	c.Process, err = child.Command{
		Args:  append(slices.Clone(p.SessionArgs), "--memory", p.Limits.Memory),
		Stdin: stdin, Memory: memory,
		Group: true, // so that Ctrl-C reaches the prompt only
		Receive: func(message json.RawMessage) {
			var r response
			if json.Unmarshal(message, &r) != nil {
				return
			}
			select {
			case c.responses <- r:
			case <-c.closed:
			}
		},
	}.Start()
	if err != nil {
		requests.Close()
		return nil, err
	}
	return c, nil
}

// closeClient ends the session's process.
func (p *Prompt) closeClient() {
	c := p.client
	if c == nil {
		return
	}
	p.client = nil
	close(c.closed)
	c.requests.Close()
	select {
	case <-c.Ended():
	case <-time.After(interruptGrace):
		c.Kill()
		<-c.Ended()
	}
}

// do sends a request and passes the text of the result to show. It returns at the end of the result, at the limits, or when the
// user presses Ctrl-C. A process that ignores its limits is killed, and the next request starts a new one.
func (p *Prompt) do(ctx context.Context, r request, show func(text string) error) (e end, err error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	limited, cancel := context.WithTimeout(ctx, p.Limits.Time)
	defer cancel()
	if p.client == nil {
		if p.client, err = p.startSession(); err != nil {
			return e, err
		}
	}
	c, interrupt := p.client, limited.Done()
	var kill <-chan time.Time
	if err := json.NewEncoder(c.requests).Encode(r); err != nil && !errors.Is(err, syscall.EPIPE) { // Ended has a better error than EPIPE
		return e, err
	}
	for {
		select {
		case r := <-c.responses:
			if r.End == nil {
				if err := p.receive(r, show); err != nil {
					p.closeClient() // which discards the rest of the result
					return e, err
				}
				continue
			}
			if r.End.Error == "" {
				return *r.End, nil
			}
			return *r.End, p.stopReason(ctx, limited, errors.New(p.Limits.replaceHint(r.End.Error)))
		case <-interrupt:
			c.Signal(syscall.SIGINT)
			kill, interrupt = time.After(interruptGrace), nil
		case <-kill:
			c.Kill()
		case <-c.Ended():
			_, err := c.Wait()
			p.closeClient()
			if err == nil {
				err = errors.New("the process of the session ended")
			}
			return e, fmt.Errorf("%w\nnote: temporary tables are gone", p.stopReason(ctx, limited, p.Limits.explain(err)))
		}
	}
}

// stopReason returns the error of a request that Ctrl-C or the time limit stopped, else err.
func (p *Prompt) stopReason(ctx, limited context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return errors.New("stopped")
	case limited.Err() != nil:
		return p.Limits.timeoutError()
	}
	return err
}

// receive handles a response before the last one.
func (p *Prompt) receive(r response, show func(text string) error) error {
	if r.Opened != nil {
		p.words, p.published = r.Opened.Words, "published "+r.Opened.Published.In(p.Zone).Format(time.DateTime)
		if r.Opened.Newer {
			fmt.Fprintln(p.Stderr, "newer data:", p.published)
		}
	}
	if r.Note != "" {
		fmt.Fprint(p.Stderr, r.Note)
	}
	if r.Text != "" {
		return show(r.Text)
	}
	return nil
}
