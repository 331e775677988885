package main

import (
	"github.com/prometheus/client_golang/prometheus"

	"callsheet/job"
)

// runMetrics are what /metrics tells of the scheduler.
type runMetrics struct {
	ended   *prometheus.CounterVec
	success *prometheus.GaugeVec
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
	registry.MustRegister(m.ended, m.success)
	return m
}

// count takes note of a run.
func (m *runMetrics) count(run job.Run) {
	if m == nil {
		return
	}
	m.ended.WithLabelValues(run.Report, string(run.State)).Inc()
	if run.Good() {
		m.success.WithLabelValues(run.Report).Set(float64(run.FinishedAt.Unix()))
	}
}
