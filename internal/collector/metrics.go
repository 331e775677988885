package collector

import (
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"callsheet/internal/spool"
)

// metrics are the Prometheus metrics. No label contains text from a sender, except the name of a known source.
type metrics struct {
	deliveries *prometheus.CounterVec
	refusals   *prometheus.CounterVec
	last       *prometheus.GaugeVec
	group      prometheus.Histogram
	commit     prometheus.Histogram
	bytes      prometheus.Counter
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "callsheet_deliveries_total", Help: "Deliveries stored, by source, kind and encoding.",
		}, []string{"source", "kind", "encoding"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "callsheet_refused_requests_total", Help: "Requests not stored, by source and response code.",
		}, []string{"source", "code"}),
		last: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "callsheet_last_delivery_timestamp_seconds", Help: "When the last delivery was stored, by source.",
		}, []string{"source"}),
		group: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "callsheet_spool_group_deliveries", Help: "Deliveries made durable by one write and one sync.",
			Buckets: prometheus.ExponentialBuckets(1, 2, 12),
		}),
		commit: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "callsheet_spool_commit_seconds", Help: "Time of one write and one sync.",
			Buckets: prometheus.ExponentialBuckets(0.0001, 2, 16),
		}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "callsheet_spool_bytes_total", Help: "Bytes made durable in the spool.",
		}),
	}
	registry.MustRegister(m.deliveries, m.refusals, m.last, m.group, m.commit, m.bytes)
	return m
}

// watch registers the metrics that are read from the spool at each scrape.
func (m *metrics) watch(registry *prometheus.Registry, s Appender) {
	registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "callsheet_spool_oldest_uncommitted_seconds", Help: "Age of the oldest delivery that is not durable; 0 when there is none.",
		}, func() float64 { return s.OldestUncommitted().Seconds() }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "callsheet_spool_failing", Help: "1 while deliveries are refused because the disk is full, fails or does not respond, else 0.",
		}, func() float64 {
			if s.Err() != nil {
				return 1
			}
			return 0
		}),
	)
}

// sourceMetrics are the metrics of one source, looked up once: a lookup by label costs more than the rest of a request's bookkeeping.
type sourceMetrics struct {
	deliveries map[deliveryLabels]prometheus.Counter
	last       func() prometheus.Gauge // it exists from the first call on: without a delivery there is no time
}

type deliveryLabels struct{ kind, encoding string }

func (m *metrics) forSource(source string) sourceMetrics {
	deliveries := map[deliveryLabels]prometheus.Counter{}
	for _, kind := range []string{spool.KindCallReport, spool.KindLiveCall, spool.KindOther, spool.KindUnreadable} {
		for _, encoding := range []string{spool.EncodingJSON, spool.EncodingForm, spool.EncodingQuery} {
			deliveries[deliveryLabels{kind, encoding}] = m.deliveries.WithLabelValues(source, kind, encoding)
		}
	}
	return sourceMetrics{deliveries, sync.OnceValue(func() prometheus.Gauge { return m.last.WithLabelValues(source) })}
}

// forget removes the time of the last delivery of a source that is no longer configured: nothing is expected from it.
func (m *metrics) forget(source string) { m.last.DeleteLabelValues(source) }

func (m sourceMetrics) stored(envelopes []spool.Envelope, now time.Time) {
	for i := range envelopes {
		m.deliveries[deliveryLabels{envelopes[i].Kind, envelopes[i].Encoding}].Inc()
	}
	m.delivered(now)
}

func (m sourceMetrics) delivered(at time.Time) { m.last().Set(float64(at.UnixMicro()) / 1e6) }

// committed records a committed group; it is the spool's Options.Committed.
func (c *collector) committed(lines, bytes int, took time.Duration) {
	c.metrics.group.Observe(float64(lines))
	c.metrics.commit.Observe(took.Seconds())
	c.metrics.bytes.Add(float64(bytes))
}

// refused counts a refused request; from is nil for an unknown source, whose name can be anything.
func (m *metrics) refused(from *source, status int) {
	name := ""
	if from != nil {
		name = from.name
	}
	m.refusals.WithLabelValues(name, strconv.Itoa(status)).Inc()
}
