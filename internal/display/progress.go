package display

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// Progress is a progress bar on a terminal; on any other writer it does nothing.
type Progress struct {
	bar     *progressbar.ProgressBar
	w       io.Writer
	label   string
	now     func() time.Time
	started time.Time
}

// NewProgress returns a bar that is drawn on w once it has moved.
func NewProgress(w io.Writer, label string, now func() time.Time) *Progress {
	return &Progress{w: w, label: label, now: now, started: now()}
}

// Bytes moves a bar that counts bytes.
func (p *Progress) Bytes(done, total int64) { p.move(done, total, true) }

// Count moves a bar that counts things.
func (p *Progress) Count(done, total int64) { p.move(done, total, false) }

// Lines moves a bar that counts bytes and shows lines per second.
func (p *Progress) Lines(done, total, lines int64) {
	p.Bytes(done, total)
	if p.bar != nil {
		p.bar.Describe(fmt.Sprintf("%s, %s lines/s", p.label, Count(int64(float64(lines)/p.now().Sub(p.started).Seconds()))))
	}
}

func (p *Progress) move(done, total int64, bytes bool) {
	if !IsTerminal(p.w) {
		return
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(p.label),
			progressbar.OptionShowBytes(bytes), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth())
	}
	p.bar.Set64(done)
}

// Next removes the bar, and begins one for the next step.
func (p *Progress) Next(label string) {
	p.Finish()
	p.bar, p.label, p.started = nil, label, p.now()
}

// Finish removes the bar.
func (p *Progress) Finish() {
	if p.bar != nil {
		p.bar.Finish()
	}
}

// IsTerminal reports whether a reader or writer is a terminal.
func IsTerminal(file any) bool {
	f, ok := file.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}
