package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress is a bar on a terminal and nothing anywhere else.
type progress struct {
	bar     *progressbar.ProgressBar
	w       io.Writer
	what    string
	started time.Time
}

func newProgress(w io.Writer, what string) *progress {
	return &progress{w: w, what: what, started: time.Now()}
}

// bytes moves a bar that counts bytes; count one that counts things.
func (p *progress) bytes(done, total int64) { p.move(done, total, true) }
func (p *progress) count(done, total int64) { p.move(done, total, false) }

// lines is bytes with the number of lines in them.
func (p *progress) lines(done, total, lines int64) {
	p.bytes(done, total)
	if p.bar != nil {
		p.bar.Describe(fmt.Sprintf("%s, %s lines/s", p.what, count(int64(float64(lines)/time.Since(p.started).Seconds()))))
	}
}

func (p *progress) move(done, total int64, bytes bool) {
	if !isTerminal(p.w) {
		return
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions64(total, progressbar.OptionSetWriter(p.w), progressbar.OptionSetDescription(p.what),
			progressbar.OptionShowBytes(bytes), progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true),
			progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish(), progressbar.OptionFullWidth())
	}
	p.bar.Set64(done)
}

// finish takes the bar away.
func (p *progress) finish() {
	if p.bar != nil {
		p.bar.Finish()
	}
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// count writes a number for people: 12,345.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
