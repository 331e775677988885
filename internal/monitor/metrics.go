package monitor

import (
	"github.com/prometheus/client_golang/prometheus"

	"callsheet/internal/job"
)

// Metrics are the scheduler's part of /metrics. A nil *Metrics counts nothing.
type Metrics struct {
	runs          *prometheus.CounterVec
	lastSuccess   *prometheus.GaugeVec
	childFailures *prometheus.CounterVec
	fileProblems  prometheus.Gauge
}

// NewMetrics registers the metrics.
func NewMetrics(registry *prometheus.Registry) *Metrics {
	m := &Metrics{
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "callsheet_report_runs_total", Help: "Finished runs of reports, by final state.",
		}, []string{"report", "state"}),
		lastSuccess: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "callsheet_report_success_timestamp_seconds", Help: "Time of the last run of a report that reached every recipient, or had nothing to report.",
		}, []string{"report"}),
		childFailures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "callsheet_child_failures_total", Help: "Child processes that crashed or were killed at a limit, by task: run or status.",
		}, []string{"what"}),
		fileProblems: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "callsheet_spool_file_problems", Help: "Spool files that are missing, changed or unreadable, so that calls may be missing.",
		}),
	}
	registry.MustRegister(m.runs, m.lastSuccess, m.childFailures, m.fileProblems)
	return m
}

// RunFinished counts a run.
func (m *Metrics) RunFinished(run job.Run) {
	if m == nil {
		return
	}
	m.runs.WithLabelValues(run.Report, string(run.State)).Inc()
	if run.Succeeded() {
		m.lastSuccess.WithLabelValues(run.Report).Set(float64(run.FinishedAt.Unix()))
	}
}

// ChildFailed counts a child process that crashed or was killed at a limit.
func (m *Metrics) ChildFailed(task string) {
	if m != nil {
		m.childFailures.WithLabelValues(task).Inc()
	}
}

func (m *Metrics) setFileProblems(s *Status) {
	if m != nil && s.Data != nil {
		m.fileProblems.Set(float64(len(s.Data.FileProblems)))
	}
}
