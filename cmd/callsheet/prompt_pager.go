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

// show writes what fill gives: as it is when it fits the screen, else through the pager, in which wide rows can be scrolled
// sideways. Without a pager a table is cut to the screen.
func (p *prompt) show(ctx context.Context, fill func(ctx context.Context, out *output) error) error {
	pager := pagerCommand()
	var text bytes.Buffer
	var w io.Writer = &text
	if pager == nil {
		w = p.stdout
	}
	out, err := newOutput(w, p.stderr, p.format)
	if err != nil {
		return err
	}
	err = p.limited(ctx, func(ctx context.Context) error {
		if err := p.open(ctx); err != nil {
			return err
		}
		return fill(ctx, out)
	})
	if err != nil {
		return err
	}
	if err := out.close(); err != nil || pager == nil {
		return err
	}
	if p.fits(text.String()) {
		_, err := text.WriteTo(p.stdout)
		return err
	}
	return p.page(pager, &text)
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

// fits leaves room for the line below a result and the next prompt.
func (p *prompt) fits(text string) bool {
	file, ok := p.stdout.(*os.File)
	if !ok {
		return true
	}
	width, height, err := term.GetSize(int(file.Fd()))
	if err != nil || strings.Count(text, "\n") > height-2 {
		return err != nil
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
