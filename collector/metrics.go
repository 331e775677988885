package collector

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"callsheet/spool"
)

// metrics are what an operator watches. No label holds anything a sender wrote but the name of a known source.
type metrics struct {
	deliveries *prometheus.CounterVec
	refusals   *prometheus.CounterVec
	last       *prometheus.GaugeVec
}

func newMetrics(registry *prometheus.Registry) *metrics {
	m := &metrics{
		deliveries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "callsheet_deliveries_total", Help: "Deliveries stored, by source, kind and encoding.",
		}, []string{"source", "kind", "encoding"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "callsheet_refused_requests_total", Help: "Requests not stored, by source and answer.",
		}, []string{"source", "code"}),
		last: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "callsheet_last_delivery_timestamp_seconds", Help: "When the last delivery was stored, by source.",
		}, []string{"source"}),
	}
	registry.MustRegister(m.deliveries, m.refusals, m.last)
	return m
}

func (m *metrics) stored(source string, envelopes []spool.Envelope, now time.Time) {
	for _, e := range envelopes {
		m.deliveries.WithLabelValues(source, e.Kind, e.Encoding).Inc()
	}
	m.last.WithLabelValues(source).Set(float64(now.UnixMicro()) / 1e6)
}

func (m *metrics) refused(source string, status int) {
	m.refusals.WithLabelValues(source, strconv.Itoa(status)).Inc()
}
