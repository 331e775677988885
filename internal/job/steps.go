package job

import (
	"context"

	"callsheet/internal/notify"
	"callsheet/internal/period"
)

// Steps does the work of a run: it loads, queries and builds. The Runner decides what is done when, and records it.
type Steps interface {
	// Lock keeps other processes from running the same report until release is called.
	Lock(ctx context.Context, report string) (release func() error, err error)
	// Refresh loads and publishes new deliveries. problems describes what could not be loaded.
	Refresh(ctx context.Context) (problems []string, err error)
	// IsComplete reports whether deliveries from after the period have arrived.
	IsComplete(ctx context.Context, span period.Period) (bool, error)
	// IsReconciled reports whether the days of the period that are over are complete by the vendors' own lists.
	IsReconciled(ctx context.Context, report string, span period.Period) (bool, error)
	// ShouldRun reports whether there is something to report.
	ShouldRun(ctx context.Context, report string, span period.Period) (bool, error)
	// Parts lists the parts of a burst.
	Parts(ctx context.Context, report string, span period.Period) ([]string, error)
	// Build builds the workbook of a part; part is empty without a burst.
	Build(ctx context.Context, report string, span period.Period, part string) (Workbook, error)
	// EmptyMessage is the message to send when there is nothing to report. That of a part of the burst that Parts listed last has the
	// names that a workbook would have.
	EmptyMessage(report string, span period.Period, part string) notify.Message
}

// Workbook is a finished workbook.
type Workbook struct {
	Message notify.Message
	Rows    int64
	Group   string // the only one whose calls it has; empty if there may be others
}
