package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// show asks for something and writes the answer: as it is when it fits the screen, else through the pager, in which wide rows can be
// scrolled sideways. Without a pager a table is cut to the screen.
func (p *prompt) show(ctx context.Context, kind, text string) (ending, error) {
	q := question{Kind: kind, Text: text, Format: p.format}
	pager := pagerCommand()
	if pager == nil {
		q.Width, _, _ = p.screen()
		return p.ask(ctx, q, func(text string) error {
			_, err := io.WriteString(p.stdout, text)
			return err
		})
	}
	var answer bytes.Buffer
	end, err := p.ask(ctx, q, func(text string) error {
		_, err := answer.WriteString(text)
		return err
	})
	if err != nil {
		return end, err
	}
	if p.fits(answer.String()) {
		_, err := answer.WriteTo(p.stdout)
		return end, err
	}
	return end, p.page(pager, &answer)
}

// pagerCommand is $PAGER, else less if it is there; nil is none.
func pagerCommand() []string {
	value, ok := os.LookupEnv("PAGER")
	if !ok {
		value = "less"
	}
	words := strings.Fields(value)
	if len(words) == 0 || words[0] == "cat" {
		return nil
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return nil
	}
	return words
}

// screen is the size of the terminal, if there is one.
func (p *prompt) screen() (width, height int, ok bool) {
	file, ok := p.stdout.(*os.File)
	if !ok {
		return 0, 0, false
	}
	width, height, err := term.GetSize(int(file.Fd()))
	return width, height, err == nil
}

// fits leaves room for the line below a result and the next prompt.
func (p *prompt) fits(text string) bool {
	width, height, ok := p.screen()
	if !ok {
		return true
	}
	if strings.Count(text, "\n") > height-2 {
		return false
	}
	for line := range strings.Lines(text) {
		if uniseg.StringWidth(line) > width {
			return false
		}
	}
	return true
}

// page hands text to the pager, and the terminal until the next prompt.
func (p *prompt) page(pager []string, text io.Reader) error {
	if err := p.cooked.ApplyMode(); err != nil {
		return err
	}
	command := exec.Command(pager[0], pager[1:]...)
	command.Stdin, command.Stdout, command.Stderr = text, p.stdout, p.stderr
	if os.Getenv("LESS") == "" {
		command.Env = append(os.Environ(), "LESS=SRX") // long lines scroll sideways, and what was read stays on the screen
	}
	if err := command.Run(); err != nil {
		return fmt.Errorf("pager %s: %w", pager[0], err)
	}
	return nil
}
