package monitor

import (
	"math"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"callsheet/internal/config"
	"callsheet/internal/job"
)

// Metrics are the scheduler's part of /metrics. A nil *Metrics counts nothing.
type Metrics struct {
	runs          *prometheus.CounterVec
	lastSuccess   *prometheus.GaugeVec
	childFailures *prometheus.CounterVec
	fileProblems  prometheus.Gauge
	publishedAt   prometheus.Gauge
	reconciled    *prometheus.GaugeVec
	differing     *prometheus.GaugeVec
	reconciledAt  *prometheus.GaugeVec

	mutex        sync.Mutex
	known        bool       // the age of the published data has been read
	waitingSince *time.Time // receipt of the oldest delivery that is not published; nil if there is none
}

// NewMetrics registers the metrics.
func NewMetrics(registry *prometheus.Registry, now func() time.Time) *Metrics {
	m := &Metrics{
		runs: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "callsheet_report_runs_total", Help: "Finished runs of reports, by final state.",
		}, []string{"report", "state"}),
		lastSuccess: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "callsheet_report_success_timestamp_seconds", Help: "Time of the last run of a report that reached every recipient, or had nothing to report.",
		}, []string{"report"}),
		childFailures: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "callsheet_child_failures_total", Help: "Child processes that crashed or were killed at a limit, by task: run, load, status, page, reconcile or maintain.",
		}, []string{"what"}),
		fileProblems: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "callsheet_spool_file_problems", Help: "Spool files that are missing, changed or unreadable, so that calls may be missing.",
		}),
		publishedAt: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "callsheet_published_timestamp_seconds", Help: "When the published data was last replaced; it is not while nothing new comes.",
		}),
		reconciled: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "callsheet_reconciled_days", Help: "Days of the last 14 that were compared with the vendor's list, by whether they are complete.",
		}, []string{"source", "verdict"}),
		differing: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "callsheet_reconciled_calls", Help: "Calls of these days that are missing, unknown to the vendor, or differing.",
		}, []string{"source", "difference"}),
		reconciledAt: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "callsheet_reconcile_success_timestamp_seconds", Help: "Time at which serve last finished comparing a source with the vendor's list.",
		}, []string{"source"}),
	}
	registry.MustRegister(m.runs, m.lastSuccess, m.childFailures, m.fileProblems, m.publishedAt, m.reconciled, m.differing, m.reconciledAt,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "callsheet_published_age_seconds", Help: "For how long the oldest delivery waits that is not in the published data; 0 if all are in it.",
		}, func() float64 { return m.age(now()) }))
	return m
}

// age returns the age of the published data in seconds, NaN while it is unknown.
func (m *Metrics) age(now time.Time) float64 {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	switch {
	case !m.known:
		return math.NaN()
	case m.waitingSince == nil:
		return 0
	}
	return max(now.Sub(*m.waitingSince).Seconds(), 0)
}

// runFinished counts a run.
func (m *Metrics) runFinished(run job.Run) {
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

// setData sets the metrics of the published data.
func (m *Metrics) setData(s *Status) {
	if m == nil || s.Data == nil {
		return
	}
	m.fileProblems.Set(float64(len(s.Data.FileProblems)))
	m.publishedAt.Set(float64(s.Data.PublishedAt.Unix()))
	m.setReconciled(s.Sources)
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.known, m.waitingSince = true, s.Data.WaitingSince
}

// setReconciled replaces the metrics of sources with vendor_api.
func (m *Metrics) setReconciled(sources []SourceStatus) {
	m.reconciled.Reset()
	m.differing.Reset()
	m.reconciledAt.Reset()
	for _, source := range sources {
		r := source.Reconciled
		if r == nil {
			continue
		}
		m.reconciled.WithLabelValues(source.Source, "complete").Set(float64(r.Complete))
		m.reconciled.WithLabelValues(source.Source, "incomplete").Set(float64(len(r.Incomplete)))
		m.differing.WithLabelValues(source.Source, "missing").Set(float64(r.Missing))
		m.differing.WithLabelValues(source.Source, "unknown_to_vendor").Set(float64(r.UnknownToVendor))
		m.differing.WithLabelValues(source.Source, "differing").Set(float64(r.Differing))
		if r.LastEnded != nil {
			m.reconciledAt.WithLabelValues(source.Source).Set(float64(r.LastEnded.Unix()))
		}
	}
}

// Loaded records that a load has published everything that had come.
func (m *Metrics) Loaded(c *config.Config) {
	info, err := os.Stat(c.ReadDatabase())
	if err != nil {
		return // the next status tells
	}
	m.publishedAt.Set(float64(info.ModTime().Unix()))
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.known, m.waitingSince = true, nil
}

// forget removes the time of the last success of a report that is no longer configured: nothing is expected of it.
func (m *Metrics) forget(report string) {
	if m != nil {
		m.lastSuccess.DeleteLabelValues(report)
	}
}
