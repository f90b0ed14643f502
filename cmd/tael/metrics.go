package main

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tael/internal/clock"
	"tael/internal/engine"
	"tael/internal/limit"
	"tael/internal/notice"
	"tael/internal/store"
	"tael/internal/trail"
)

// metrics are what a server tells of itself; docs/operate.md says what each means.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	duration *prometheus.HistogramVec
	attempts *prometheus.CounterVec
	commands prometheus.Histogram
	batches  prometheus.Histogram
}

func newMetrics(s *store.Store, e *engine.Engine, shared *limit.Shared, calls *trail.Trail) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tael_requests_total", Help: "Requests by action and code; OK is success.",
		}, []string{"action", "code"}),
		duration: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "tael_request_duration_seconds", Help: "From a request's arrival to its answer, by action.",
			Buckets: []float64{.0002, .0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30},
		}, []string{"action"}),
		attempts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "tael_batch_attempts_total", Help: "Attempts at batches by result.",
		}, []string{"result"}),
		commands: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "tael_batch_commands", Help: "Commands in a batch.",
			Buckets: []float64{1, 2, 4, 8, 16, 32, 64, 128, engine.BatchMax},
		}),
		batches: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "tael_batch_duration_seconds", Help: "From taking a tree's lock to the end of the commit.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .2, .5, 1, 2, 5, 10, 30},
		}),
	}
	for _, result := range engine.Results {
		m.attempts.WithLabelValues(result) // there from the start, so that a first one is an increase
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "tael_build_info", Help: "1; the version is a label.", ConstLabels: prometheus.Labels{"version": version},
	})
	build.Set(1)
	m.registry.MustRegister(m.requests, m.duration, m.attempts, m.commands, m.batches, build, pools{s},
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tael_queued_commands", Help: "Commands that wait for a batch, of all trees.",
		}, func() float64 { return float64(e.Queued()) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tael_limits_shared", Help: "1 while rate limits are counted in Redis, 0 while in the process.",
		}, func() float64 {
			if shared == nil || !shared.Answers() {
				return 0
			}
			return 1
		}),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	if calls != nil {
		m.registry.MustRegister(trails{calls})
	}
	e.Observe = m.attempt
	return m
}

// watchMessages adds what there is to tell of messages.
func (m *metrics) watchMessages(n *notice.Notices, s *store.Store, c *clock.Clock) {
	attempts := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "tael_message_attempts_total", Help: "Attempts to send messages by channel and result.",
	}, []string{"channel", "result"})
	for _, channel := range n.Channels() {
		for _, result := range notice.Results {
			attempts.WithLabelValues(string(channel), result)
		}
	}
	n.Observe = func(channel store.Channel, result string) {
		attempts.WithLabelValues(string(channel), result).Inc()
	}
	m.registry.MustRegister(attempts, overdue{store: s, clock: c, notices: n})
}

// overdue tells how late messages are when it is asked for.
type overdue struct {
	store   *store.Store
	clock   *clock.Clock
	notices *notice.Notices
}

var overdueSeconds = prometheus.NewDesc("tael_messages_overdue_seconds",
	"How long the message that waits longest should have been tried by now, by channel.", []string{"channel"}, nil)

// scrapeTime bounds what a scrape waits for the database.
const scrapeTime = 2 * time.Second

func (overdue) Describe(all chan<- *prometheus.Desc) { all <- overdueSeconds }

func (o overdue) Collect(all chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	for _, channel := range o.notices.Channels() {
		late, err := o.store.Overdue(ctx, store.DueKind(channel), o.clock.Now(0))
		if err != nil {
			continue // the database's own metrics tell of it
		}
		all <- prometheus.MustNewConstMetric(overdueSeconds, prometheus.GaugeValue, late.Seconds(), string(channel))
	}
}

// unknown stands for actions that do not exist: a client shall not be able to
// make up names of series.
const unknown = "unknown"

func (m *metrics) request(action, code string, took time.Duration) {
	if action == "" {
		action = unknown
	}
	m.requests.WithLabelValues(action, code).Inc()
	m.duration.WithLabelValues(action).Observe(took.Seconds())
}

func (m *metrics) attempt(a engine.Attempt) {
	m.attempts.WithLabelValues(a.Result).Inc()
	m.commands.Observe(float64(a.Commands))
	m.batches.Observe(a.Took.Seconds())
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}

// pools collects the state of the database's connections when it is asked for.
type pools struct{ store *store.Store }

var (
	poolMax    = poolMetric("tael_database_connections_max", "Connections to the database that may be open.")
	poolOpen   = poolMetric("tael_database_connections_open", "Connections to the database that are open.")
	poolBusy   = poolMetric("tael_database_connections_busy", "Connections to the database that are in use.")
	poolWaits  = poolMetric("tael_database_waits_total", "Requests that had to wait for a connection.")
	poolWaited = poolMetric("tael_database_wait_seconds_total", "What they waited together.")
)

func poolMetric(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"pool"}, nil)
}

func (pools) Describe(all chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolMax, poolOpen, poolBusy, poolWaits, poolWaited} {
		all <- d
	}
}

func (p pools) Collect(all chan<- prometheus.Metric) {
	for _, pool := range p.store.Pools() {
		gauge := func(d *prometheus.Desc, value float64) {
			all <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, pool.Name)
		}
		gauge(poolMax, float64(pool.Max))
		gauge(poolOpen, float64(pool.Open))
		gauge(poolBusy, float64(pool.Busy))
		all <- prometheus.MustNewConstMetric(poolWaits, prometheus.CounterValue, float64(pool.Waits), pool.Name)
		all <- prometheus.MustNewConstMetric(poolWaited, prometheus.CounterValue, pool.Waited.Seconds(), pool.Name)
	}
}

// trails collects what became of the calls to be recorded when it is asked for.
type trails struct{ trail *trail.Trail }

var (
	auditRecorded = prometheus.NewDesc("tael_audit_recorded_total", "Calls recorded beside those of writes.", nil, nil)
	auditMissed   = prometheus.NewDesc("tael_audit_missed_total",
		"Calls not recorded, for want of room or refused by the database.", nil, nil)
	auditWaiting = prometheus.NewDesc("tael_audit_waiting", "Calls that wait to be recorded.", nil, nil)
)

func (trails) Describe(all chan<- *prometheus.Desc) {
	all <- auditRecorded
	all <- auditMissed
	all <- auditWaiting
}

func (t trails) Collect(all chan<- prometheus.Metric) {
	s := t.trail.Stats()
	all <- prometheus.MustNewConstMetric(auditRecorded, prometheus.CounterValue, float64(s.Recorded))
	all <- prometheus.MustNewConstMetric(auditMissed, prometheus.CounterValue, float64(s.Missed))
	all <- prometheus.MustNewConstMetric(auditWaiting, prometheus.GaugeValue, float64(s.Waiting))
}
