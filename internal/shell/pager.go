package shell

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

// show sends a request to the session and writes the result: directly when it fits the screen, else through the pager, in which
// wide rows can be scrolled sideways. Without a pager, tables are cut to the width of the screen.
func (p *Prompt) show(ctx context.Context, kind, text string) (end, error) {
	r := request{Kind: kind, Text: text, Format: p.Format}
	pager := pagerCommand()
	if pager == nil {
		r.Width, _, _ = p.screen()
		return p.do(ctx, r, func(text string) error {
			_, err := io.WriteString(p.Stdout, text)
			return err
		})
	}
	var result bytes.Buffer
	end, err := p.do(ctx, r, func(text string) error {
		_, err := result.WriteString(text)
		return err
	})
	if err != nil {
		return end, err
	}
	if p.fitsScreen(result.String()) {
		_, err := result.WriteTo(p.Stdout)
		return end, err
	}
	return end, p.page(pager, &result)
}

// pagerCommand returns $PAGER, else less if it is installed, else nil.
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

// screen returns the size of the terminal, if there is one.
func (p *Prompt) screen() (width, height int, ok bool) {
	file, ok := p.Stdout.(*os.File)
	if !ok {
		return 0, 0, false
	}
	width, height, err := term.GetSize(int(file.Fd()))
	return width, height, err == nil
}

// fitsScreen leaves room for the line below a result and for the next prompt.
func (p *Prompt) fitsScreen(text string) bool {
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

// page runs the pager on text. The pager has the terminal until the next prompt.
func (p *Prompt) page(pager []string, text io.Reader) error {
	if err := p.cooked.ApplyMode(); err != nil {
		return err
	}
	command := exec.Command(pager[0], pager[1:]...)
	command.Stdin, command.Stdout, command.Stderr = text, p.Stdout, p.Stderr
	if os.Getenv("LESS") == "" {
		command.Env = append(os.Environ(), "LESS=SRX") // scroll long lines sideways, and leave the text on the screen
	}
	if err := command.Run(); err != nil {
		return fmt.Errorf("pager %s: %w", pager[0], err)
	}
	return nil
}
