package job

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"callsheet/internal/notify"
)

func TestAWarningIsASuccessAndIsLoggedOnceARun(t *testing.T) {
	refused := fmt.Errorf("its mode cannot be changed: %w", errors.Join(notify.ErrWarning))
	p := &fakeChannel{recipients: []string{"/share"}, idempotent: true, answers: map[string][]error{"/share": {refused, refused, refused}}}
	d := newFixture(t, Entry{Report: "groups", Zone: time.UTC, Period: "yesterday", Burst: true, Channels: []notify.Channel{p}})
	d.parts = []string{"a", "b", "c"}
	var log bytes.Buffer
	d.Log = slog.New(slog.NewTextHandler(&log, nil))
	runs, err := d.Run(t.Context(), d.Entries[0], time.Now(), RunOptions{})
	if err != nil || runs[0].State != Sent || runs[2].Error != "" {
		t.Errorf("%v, %+v", err, runs)
	}
	if strings.Count(log.String(), "its mode cannot be changed") != 1 {
		t.Errorf("the log says\n%s", log.String())
	}
}
