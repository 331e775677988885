package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/config"
)

// sessionProcess is the process that answers a prompt's questions.
type sessionProcess struct {
	*child.Process
	questions *os.File
	replies   chan reply
	left      chan struct{} // closed when nobody reads replies any more
}

// startSession starts a process that reads what is published.
func (p *prompt) startSession() (*sessionProcess, error) {
	memory, err := config.ParseMemory(p.limits.memory)
	if err != nil {
		return nil, usage(fmt.Errorf("--memory: %w", err))
	}
	stdin, questions, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer stdin.Close()
	s := &sessionProcess{questions: questions, replies: make(chan reply), left: make(chan struct{})}
	s.Process, err = child.Command{
		Args:  []string{"--config", p.configPath, "sql", "--session", "--memory", p.limits.memory},
		Stdin: stdin, Memory: memory + besidesMemory,
		Group: true, // Ctrl-C is the prompt's
		Receive: func(message json.RawMessage) {
			var r reply
			if json.Unmarshal(message, &r) != nil {
				return
			}
			select {
			case s.replies <- r:
			case <-s.left:
			}
		},
	}.Start()
	if err != nil {
		questions.Close()
		return nil, err
	}
	return s, nil
}

// close ends the session's process.
func (p *prompt) close() {
	s := p.session
	if s == nil {
		return
	}
	p.session = nil
	close(s.left)
	s.questions.Close()
	select {
	case <-s.Ended():
	case <-time.After(statementGrace):
		s.Kill()
		<-s.Ended()
	}
}

// ask has a question answered within the limits, or until somebody presses Ctrl-C; show gets the text of the result. A process that
// does not keep the limits is killed, and the next question gets a new one.
func (p *prompt) ask(ctx context.Context, q question, show func(text string) error) (end ending, err error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	limited, cancel := context.WithTimeout(ctx, p.limits.time)
	defer cancel()
	if p.session == nil {
		if p.session, err = p.startSession(); err != nil {
			return end, err
		}
	}
	s, stopping := p.session, limited.Done()
	var overdue <-chan time.Time
	if err := json.NewEncoder(s.questions).Encode(q); err != nil && !errors.Is(err, syscall.EPIPE) { // of one that is over Ended tells more
		return end, err
	}
	for {
		select {
		case r := <-s.replies:
			if r.End == nil {
				if err := p.receive(r, show); err != nil {
					p.close() // what it still has to say is in nobody's way then
					return end, err
				}
				continue
			}
			if r.End.Error == "" {
				return *r.End, nil
			}
			return *r.End, p.whyStopped(ctx, limited, errors.New(p.limits.advise(r.End.Error)))
		case <-stopping:
			s.Signal(syscall.SIGINT)
			overdue, stopping = time.After(statementGrace), nil
		case <-overdue:
			s.Kill()
		case <-s.Ended():
			_, err := s.Wait()
			p.close()
			if err == nil {
				err = errors.New("the process of the session ended")
			}
			return end, fmt.Errorf("%w\nnote: temporary tables are gone", p.whyStopped(ctx, limited, p.limits.explain(err)))
		}
	}
}

// whyStopped is the error of a question that was stopped by Ctrl-C or its time, or the one that it has.
func (p *prompt) whyStopped(ctx, limited context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return errors.New("stopped")
	case limited.Err() != nil:
		return p.limits.tooLong()
	}
	return err
}

// receive takes what comes before the end of an answer.
func (p *prompt) receive(r reply, show func(text string) error) error {
	if r.Opened != nil {
		p.words, p.published = r.Opened.Words, "published "+r.Opened.Published.In(p.config.Zone()).Format(time.DateTime)
		if r.Opened.Newer {
			fmt.Fprintln(p.stderr, "newer data:", p.published)
		}
	}
	if r.Note != "" {
		fmt.Fprint(p.stderr, r.Note)
	}
	if r.Text != "" {
		return show(r.Text)
	}
	return nil
}
