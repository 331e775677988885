package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"callsheet/internal/job"
)

// runMetrics are what /metrics tells of the scheduler.
type runMetrics struct {
	ended   *prometheus.CounterVec
	success *prometheus.GaugeVec
	failed  *prometheus.CounterVec

	fileProblems prometheus.Gauge
}

func newRunMetrics(registry *prometheus.Registry) *runMetrics {
	m := &runMetrics{
		ended: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "callsheet_report_runs_total", Help: "Runs of reports that ended, by how.",
		}, []string{"report", "state"}),
		success: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "callsheet_report_success_timestamp_seconds", Help: "When a report last reached everybody, or had nothing to report.",
		}, []string{"report"}),
	}
	m.failed = prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "callsheet_child_failures_total", Help: "Child processes that crashed or were ended at a limit, by what they did: run or status.",
	}, []string{"what"})
	m.fileProblems = prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "callsheet_spool_file_problems", Help: "Spool files that are gone, changed or not readable, so that calls may be missing.",
	})
	registry.MustRegister(m.ended, m.success, m.failed, m.fileProblems)
	return m
}

// setFileProblems takes note of how many spool files have a problem.
func (m *runMetrics) setFileProblems(s status) {
	if m != nil && s.Data != nil {
		m.fileProblems.Set(float64(len(s.Data.FileProblems)))
	}
}

// count takes note of a run.
func (m *runMetrics) count(run job.Run) {
	if m == nil {
		return
	}
	m.ended.WithLabelValues(run.Report, string(run.State)).Inc()
	if run.Succeeded() {
		m.success.WithLabelValues(run.Report).Set(float64(run.FinishedAt.Unix()))
	}
}

// childFailed counts a child process that did not come to an end of its own.
func (m *runMetrics) childFailed(what string) {
	if m != nil {
		m.failed.WithLabelValues(what).Inc()
	}
}
