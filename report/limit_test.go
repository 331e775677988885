package report

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A stuckSource never returns from one query. It runs the others even after the deadline.
type stuckSource struct {
	*testSource
	query string
}

func (s *stuckSource) Query(ctx context.Context, name string, args map[string]any, header func([]string) error, row func([]any) error) error {
	if name == s.query {
		<-ctx.Done()
		return ctx.Err()
	}
	return s.testSource.Query(context.WithoutCancel(ctx), name, args, header, row)
}

func (s *stuckSource) Stream(ctx context.Context, name string, args map[string]any, header func([]string) error, row func([]any) error) error {
	if name == s.query {
		<-ctx.Done()
		return ctx.Err()
	}
	return s.testSource.Stream(context.WithoutCancel(ctx), name, args, header, row)
}

func TestTimeoutNamesTheSheet(t *testing.T) {
	for query, want := range map[string]string{
		"numbers":  "sheet Numbers took longer than 1ms: query numbers: ",
		"calls":    "sheet Calls took longer than 1ms: query calls: ",
		"evidence": "loading the data of all sheets took longer than 1ms: query evidence: ",
	} {
		dir := t.TempDir()
		req := request(t, "yesterday")
		req.Timeout = time.Millisecond
		_, err := readTemplate(t, "daily").Build(t.Context(), &stuckSource{&testSource{calls: testMonth()}, query}, req, filepath.Join(dir, "out.xlsx"))
		if err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), "\nhint: ") {
			t.Errorf("%s: got %v", query, err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("%s: %v is left", query, left)
		}
	}
}

// A build that is cancelled for another reason does not mention the timeout.
func TestCancellationIsNoTimeout(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	req := request(t, "yesterday")
	req.Timeout = time.Hour
	_, err := readTemplate(t, "daily").Build(ctx, &stuckSource{&testSource{calls: testMonth()}, "groups"}, req, filepath.Join(t.TempDir(), "out.xlsx"))
	if err == nil || strings.Contains(err.Error(), "took longer") {
		t.Errorf("got %v", err)
	}
}
