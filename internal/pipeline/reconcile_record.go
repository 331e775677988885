package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"callsheet/internal/atomicfile"
	"callsheet/internal/config"
	"callsheet/internal/spool"
)

// Reconciled is what serve did to reconcile a source. It is kept in data_dir/vendor/SOURCE/reconciled.json.
type Reconciled struct {
	EndedAt  time.Time            `json:"ended_at,omitzero"` // of the last one that succeeded
	Days     map[string]time.Time `json:"days"`              // when the last one of each day ended
	Failures int                  `json:"failures,omitempty"`
	// FailedDays are those that the last attempt could not compare.
	FailedDays []string  `json:"failed_days,omitempty"`
	FailedAt   time.Time `json:"failed_at,omitzero"` // the first failure since the last success
	Error      string    `json:"error,omitempty"`    // of the last failure
	RetryAt    time.Time `json:"retry_at,omitzero"`
}

// keptReconciled is how long the time of a day is kept, longer than any days_back.
const keptReconciled = 100 * 24 * time.Hour

func reconciledPath(c *config.Config, source string) string {
	return filepath.Join(spool.VendorDir(c.Data()), source, "reconciled.json")
}

// ReadReconciled reads the record of a source, which is empty before the first reconciliation.
func ReadReconciled(c *config.Config, source string) (state Reconciled, err error) {
	text, err := os.ReadFile(reconciledPath(c, source))
	if err == nil {
		if err = json.Unmarshal(text, &state); err != nil {
			err = fmt.Errorf("%s: %w", reconciledPath(c, source), err)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil || state.Days == nil {
		state = Reconciled{Days: map[string]time.Time{}}
	}
	return state, err
}

// note records the end of an attempt, after which failed of the days could not be compared.
func (s *Reconciled) note(days, failed []string, failure error, now time.Time) {
	if failure != nil {
		if s.Failures == 0 {
			s.FailedAt = now
		}
		s.RetryAt = now.Add(reconcileBackoff.Wait(s.Failures))
		s.Failures, s.Error = s.Failures+1, failure.Error()
	} else {
		s.EndedAt, s.Failures, s.FailedAt, s.Error, s.RetryAt = now, 0, time.Time{}, "", time.Time{}
	}
	s.FailedDays = failed
	for _, day := range days {
		if !slices.Contains(failed, day) {
			s.Days[day] = now
		}
	}
	for day, at := range s.Days {
		if now.Sub(at) > keptReconciled {
			delete(s.Days, day)
		}
	}
}

func (s *Reconciled) write(c *config.Config, source string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	path := reconciledPath(c, source)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return atomicfile.WriteFile(atomicfile.OS{}, path, text)
}
