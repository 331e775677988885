package pagedata

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"callsheet/internal/child"
	"callsheet/internal/display"
	"callsheet/internal/monitor"
	"callsheet/internal/page"
	"callsheet/internal/pipeline"
)

// rejectsSQL returns the rejected lines that the page shows.
const rejectsSQL = `select epoch_ms(rejected_at) as at, file, line, reason, left(text, 500) as text from rejects order by rejected_at desc, file, line limit 20`

// readState reads the state of the data in child processes, as callsheet status and callsheet sql do.
func readState(ctx context.Context, p *pipeline.Pipeline) (*page.Data, error) {
	s, err := monitor.ReadStatusInChild(ctx, p, 7)
	if err != nil {
		return nil, err
	}
	data := &page.Data{}
	for _, warning := range s.Warnings {
		text, hint, _ := strings.Cut(warning, "\nhint: ")
		data.Problems = append(data.Problems, page.Problem{Text: display.EscapeLines(text), Hint: display.EscapeLines(hint)})
	}
	for _, section := range s.Words(p.Config.Zone()) {
		shown := page.Section{Heading: section.Heading}
		for _, line := range section.Lines {
			shown.Lines = append(shown.Lines, display.Escape(line))
		}
		data.Sections = append(data.Sections, shown)
	}
	if s.Data != nil {
		data.Freshness = s.Freshness(p.Config.Zone())
	}
	if s.Data == nil || s.Data.Rejects == 0 {
		return data, nil
	}
	if data.Rejects, err = readRejects(ctx, p); err != nil {
		data.RejectsError = display.Escape(err.Error())
	}
	return data, nil
}

func readRejects(ctx context.Context, p *pipeline.Pipeline) (rejects []page.Reject, err error) {
	var out bytes.Buffer
	err = p.RunChild(ctx, child.Command{Args: []string{"sql", "--format", "json", rejectsSQL}, Stdout: &out, Memory: p.RunMemory(), Group: true})
	if err != nil {
		return nil, err
	}
	var rows []struct {
		At                 int64
		File, Reason, Text string
		Line               int64
	}
	if err := json.Unmarshal(out.Bytes(), &rows); err != nil {
		return nil, err
	}
	for _, row := range rows {
		rejects = append(rejects, page.Reject{
			At: time.UnixMilli(row.At), File: row.File, Line: row.Line, Reason: display.Escape(row.Reason), Text: display.Escape(row.Text),
		})
	}
	return rejects, nil
}
