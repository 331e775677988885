package job

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"callsheet/internal/notify"
)

func TestAttemptWhoseProcessCrashedIsRetriedThenFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &fakeChannel{recipients: []string{"a@x"}}
		d := newFixture(t, Entry{Report: "daily", Schedule: daily(t, "UTC"), Zone: time.UTC, Period: "yesterday", RetryFor: 10 * time.Minute, Channels: []notify.Channel{p}})
		attempts, crashes := 0, 2
		d.Attempt = func(ctx context.Context, entry Entry, due time.Time, options RunOptions) ([]Run, error) {
			if attempts++; attempts <= crashes {
				return d.Fail(ctx, entry, due, errors.New("crashed"))
			}
			return d.Run(ctx, entry, due, options)
		}
		serve(t, d, 24*time.Hour)
		d.want(t, "ledger", d.states(t), "1999-12-31 sent", "1999-12-31 a@x sent")
		if attempts != 3 || len(d.finished) != 1 {
			t.Errorf("%d attempts, finished %v", attempts, d.finished)
		}
		attempts, crashes = 0, 1000
		serve(t, d, 24*time.Hour)
		runs, _ := d.Ledger.Runs()
		if last := runs[2]; last.State != Failed || last.Error != "crashed" || last.FinishedAt.IsZero() || len(d.finished) != 2 {
			t.Errorf("%d attempts, %+v, finished %v", attempts, last, d.finished)
		}
	})
}
