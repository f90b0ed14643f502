package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/net/netutil"

	"tael/api"
	"tael/internal/access"
	"tael/internal/actions"
	"tael/internal/clock"
	"tael/internal/config"
	"tael/internal/demo"
	"tael/internal/engine"
	"tael/internal/failures"
	"tael/internal/gateway"
	"tael/internal/keys"
	"tael/internal/limit"
	"tael/internal/partner"
	"tael/internal/store"
	"tael/internal/trail"
)

// Times and sizes that keep a slow or greedy client from pinning the server.
// An answer may wait for a commit in doubt, hence the long write time.
const (
	headerTime    = 10 * time.Second
	readTime      = 30 * time.Second
	writeTime     = 90 * time.Second
	idleTime      = 2 * time.Minute
	headerMax     = 128 << 10
	shutdownTime  = 45 * time.Second
	readyTime     = time.Second
	gcPercent     = 400
	operatorNames = "TAEL_OPERATOR_SECRET_ID and TAEL_OPERATOR_SECRET_KEY"
)

// What --audit records.
const (
	auditOn     = "on"
	auditWrites = "writes"
	auditOff    = "off"
)

type serveFlags struct {
	database       databaseFlags
	listen         string
	adminListen    string
	demo           bool
	rateLimits     string
	redis          string
	redisTimeout   time.Duration
	strictService  bool
	trustedProxies []string
	tlsCert        string
	tlsKey         string
	batchMax       int
	audit          string
	connections    int
	logLevel       string
	set            []string
	messages       messageFlags
	jobs           jobsFlags
}

func serveCommand() *cobra.Command {
	f := &serveFlags{}
	command := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: `Runs the server on an embedded database, which is made where there is none.

The operator's key is taken from ` + operatorNames + `; without them one is made on the
first start and printed once.

Traces are sent where OTEL_EXPORTER_OTLP_ENDPOINT says, the variable of OpenTelemetry.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := fromEnvironment(command); err != nil {
				return err
			}
			return f.run(command.Context(), command.OutOrStdout())
		},
	}
	flags := command.Flags()
	f.database.register(flags)
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8080", "`address` to listen on")
	flags.StringVar(&f.adminListen, "admin-listen", "",
		"`address` for metrics and profiles; not for others to reach (default: none)")
	flags.BoolVar(&f.demo, "demo", false, "fill an empty database with the demo world, whose keys everybody knows")
	flags.StringVar(&f.rateLimits, "rate-limits", "documented", "`documented` or off; off is for sandboxes and load tests")
	flags.StringVar(&f.redis, "redis", "",
		"`URL` of a Redis that servers of one database share to count rate limits (default: each counts by itself)")
	flags.DurationVar(&f.redisTimeout, "redis-timeout", limit.PatienceDefault,
		"how long a request waits for Redis before its server counts by itself")
	flags.BoolVar(&f.strictService, "strict-service", false,
		"refuse signatures whose credential scope does not name the service, as the real gateway does")
	flags.StringSliceVar(&f.trustedProxies, "trusted-proxies", nil,
		"`CIDR`s of proxies whose X-Forwarded headers are believed")
	flags.StringVar(&f.tlsCert, "tls-cert", "", "certificate `file` (PEM) to serve HTTPS with")
	flags.StringVar(&f.tlsKey, "tls-key", "", "private key `file` (PEM) of --tls-cert")
	flags.IntVar(&f.connections, "max-connections", 4096, "connections served at once; more wait")
	flags.IntVar(&f.batchMax, "batch-max", engine.BatchMax, "most commands committed together; 1 commits each by itself")
	flags.StringVar(&f.audit, "audit", auditOn,
		"calls that are recorded: on, `writes` or off; all but on are for measuring what it costs")
	flags.StringArrayVar(&f.set, "set", nil, "setting as `name=value`; may be repeated (docs/operate.md lists them)")
	f.messages.register(flags)
	f.jobs.register(flags)
	flags.StringVar(&f.logLevel, "log-level", "info", "`level` from which on to log: debug, info, warn or error")
	return command
}

// parts are what a server is made of.
type parts struct {
	log      *slog.Logger
	proxies  []netip.Prefix
	settings config.Settings
	clock    *clock.Clock
	tracer   trace.Tracer  // nil without traces
	shared   *limit.Shared // nil where each server limits by itself
	store    *store.Store
	engine   *engine.Engine
	calls    *trail.Trail // nil without an audit of reads
	metrics  *metrics     // nil without --admin-listen

	closers []func() error
}

// onClose adds what has to be ended, before all that was added earlier.
func (p *parts) onClose(end func() error) { p.closers = append(p.closers, end) }

func (p *parts) close() (err error) {
	for _, end := range slices.Backward(p.closers) {
		err = errors.Join(err, end())
	}
	return err
}

// run serves until ctx ends, then finishes what it accepted.
func (f *serveFlags) run(ctx context.Context, out io.Writer) (err error) {
	p := &parts{clock: &clock.Clock{}}
	defer func() { err = errors.Join(err, p.close()) }()
	if err := f.configure(ctx, p); err != nil {
		return refused{err, exitUsage}
	}
	if err := f.assemble(ctx, p); err != nil {
		return err
	}
	if f.demo {
		if err := demo.Fill(ctx, p.store, p.engine, p.clock); err != nil {
			return err
		}
	}
	listener, err := f.open(ctx, p.store)
	if err != nil {
		return err
	}
	p.onClose(func() error {
		_ = listener.Close() // the server has, as a rule
		return nil
	})
	if err := ensureOperator(ctx, p.store, p.clock, out); err != nil {
		return err
	}
	if f.adminListen != "" { // only now: the demo world is nobody's load
		p.metrics = newMetrics(p.store, p.engine, p.shared, p.calls)
	}
	if err := f.sweep(ctx, p); err != nil {
		return err
	}
	if f.demo {
		printDemo(out, f.scheme()+"://"+listener.Addr().String())
	}
	if err := f.admin(ctx, p); err != nil {
		return err
	}
	server, err := f.server(ctx, p)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	p.log.Info("serving", "address", listener.Addr().String(), "database", store.Redacted(f.database.address))
	return serveUntil(ctx, server, listener, p.log)
}

// configure reads flags and variables, and connects to nothing that may be away.
func (f *serveFlags) configure(ctx context.Context, p *parts) (err error) {
	if err := f.jobs.check(&f.database); err != nil {
		return err
	}
	if p.log, p.proxies, err = f.check(); err != nil {
		return err
	}
	p.settings = config.Default()
	for _, assignment := range f.set {
		if err := p.settings.Set(assignment); err != nil {
			return err
		}
	}
	traces, err := openTraces(ctx, p.clock, p.log)
	if err != nil {
		return err
	}
	p.tracer = tracerOf(traces)
	p.onClose(func() error {
		closeTraces(traces, p.log)
		return nil
	})
	if p.shared, err = f.share(p.clock, p.log); err == nil && p.shared != nil {
		p.onClose(p.shared.Close)
	}
	return err
}

// assemble opens the database and starts what works on it.
func (f *serveFlags) assemble(ctx context.Context, p *parts) (err error) {
	if p.store, err = f.database.open(ctx, true, p.settings.Ledger()); err != nil {
		return err
	}
	p.onClose(p.store.Close)
	if err := p.store.Durable(ctx); err != nil {
		return fmt.Errorf("%w; --unsafe-durability accepts that", err)
	}
	if os.Getenv("GOGC") == "" {
		// What lives is small and what requests leave behind is much: collecting
		// less often costs some ten megabytes and saves a sixth of the time.
		debug.SetGCPercent(gcPercent)
	}
	if f.database.made {
		p.log.Warn("made a new database", "database", store.Redacted(f.database.address))
	}
	p.engine = engine.New(p.store, p.clock, p.log, f.batchMax)
	p.onClose(func() error {
		p.engine.Close()
		return nil
	})
	if f.audit == auditOn {
		p.calls = trail.New(p.store, p.clock, p.log)
		p.onClose(func() error {
			p.calls.Close()
			return nil
		})
	}
	return nil
}

// check reads the flags that need more than parsing.
func (f *serveFlags) check() (*slog.Logger, []netip.Prefix, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(f.logLevel)); err != nil {
		return nil, nil, fmt.Errorf("--log-level %s: use debug, info, warn or error", f.logLevel)
	}
	if f.rateLimits != "documented" && f.rateLimits != "off" {
		return nil, nil, fmt.Errorf("--rate-limits %s: use documented or off", f.rateLimits)
	}
	if f.redisTimeout <= 0 {
		return nil, nil, errors.New("--redis-timeout must be more than 0")
	}
	if f.batchMax < 1 || f.batchMax > engine.BatchMax {
		return nil, nil, fmt.Errorf("--batch-max %d: use 1 to %d", f.batchMax, engine.BatchMax)
	}
	if f.audit != auditOn && f.audit != auditWrites && f.audit != auditOff {
		return nil, nil, fmt.Errorf("--audit %s: use on, writes or off", f.audit)
	}
	if f.connections < 1 {
		return nil, nil, fmt.Errorf("--max-connections %d: use 1 or more", f.connections)
	}
	if (f.tlsCert == "") != (f.tlsKey == "") {
		return nil, nil, errors.New("--tls-cert and --tls-key go together")
	}
	proxies := make([]netip.Prefix, len(f.trustedProxies))
	for i, text := range f.trustedProxies {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, nil, fmt.Errorf("--trusted-proxies: %w", err)
		}
		proxies[i] = prefix
	}
	if err := f.messages.check(); err != nil {
		return nil, nil, err
	}
	return slog.New(inTrace{slog.NewJSONHandler(os.Stderr, &slog.HandlerOptions{Level: level})}), proxies, nil
}

// share finds the Redis that counts requests for all servers; nil without one, or
// without limits.
func (f *serveFlags) share(c *clock.Clock, log *slog.Logger) (*limit.Shared, error) {
	if f.redis == "" || f.rateLimits == "off" {
		return nil, nil
	}
	shared, err := limit.Open(limit.Options{URL: f.redis, Patience: f.redisTimeout, Clock: c, Log: log})
	if err != nil {
		return nil, fmt.Errorf("--redis: %w", err)
	}
	return shared, nil
}

func (f *serveFlags) scheme() string {
	if f.tlsCert != "" {
		return "https"
	}
	return "http"
}

// open listens. A database with keys that everybody knows is served to this
// machine only.
func (f *serveFlags) open(ctx context.Context, s *store.Store) (net.Listener, error) {
	state, err := s.Demo(ctx)
	if err != nil {
		return nil, err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return nil, err
	}
	address := listener.Addr().(*net.TCPAddr)
	if state.Marked && !address.IP.IsLoopback() {
		err := fmt.Errorf("--listen %s: this database holds the demo world's keys, which everybody knows; "+
			"serve it on 127.0.0.1 only", f.listen)
		return nil, errors.Join(refused{err, exitUsage}, listener.Close())
	}
	listener = netutil.LimitListener(listener, f.connections)
	if f.tlsCert == "" {
		return gateway.AcceptURLHosts(listener), nil
	}
	certificate, err := tls.LoadX509KeyPair(f.tlsCert, f.tlsKey)
	if err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	// HTTP/1.1 only: hosts that are URLs can be mended in its requests, and every
	// client that prefers HTTP/2 speaks it too.
	secure := &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}}
	return gateway.AcceptURLHosts(tls.NewListener(listener, secure)), nil
}

// server wires what one process serves.
func (f *serveFlags) server(ctx context.Context, p *parts) (*http.Server, error) {
	ring, failed := keys.Ring(p.clock, p.store), failures.New(p.clock)
	implementation := &actions.Actions{
		Store: p.store, Engine: p.engine, Clock: p.clock, Settings: p.settings,
		ForgetKey: ring.Forget, ForgetRole: ring.ForgetRole, Failures: failed,
		Unaudited: f.audit == auditOff,
	}
	options := gateway.Options{
		Contract: api.New(implementation), Keys: ring, Clock: p.clock, Log: p.log, Explain: actions.Explain,
		RateLimits: f.rateLimits == "documented", StrictService: f.strictService, TrustedProxies: p.proxies,
		Tracer: p.tracer, Enabled: keys.Enabled(p.store), Failures: failed,
	}
	if p.metrics != nil {
		options.Observe = p.metrics.request
	}
	if p.shared != nil {
		options.SharedCount = p.shared.Count
	}
	if p.calls != nil {
		options.Record, options.Count = p.calls.Record, p.calls.Count
	}
	pages, err := pages(ctx, p.store)
	if err != nil {
		return nil, err
	}
	return &http.Server{
		Handler:           routes(gateway.New(options), f.reference(p), pages, p.store),
		ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: headerMax,
		ErrorLog:       slog.NewLogLogger(p.log.Handler(), slog.LevelWarn),
	}, nil
}

// serveUntil serves until ctx ends and then answers what it has accepted.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener, log *slog.Logger) error {
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	log.Info("stopping")
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	return server.Shutdown(patience)
}

// ensureOperator sees to it that there is an operator with a key.
func ensureOperator(ctx context.Context, s *store.Store, c *clock.Clock, out io.Writer) error {
	identity := store.Identity{
		Uin: demo.OperatorUin, Root: demo.OperatorUin, Role: partner.Operator, Name: "Operator",
	}
	secretID, secretKey := os.Getenv("TAEL_OPERATOR_SECRET_ID"), os.Getenv("TAEL_OPERATOR_SECRET_KEY")
	if (secretID == "") != (secretKey == "") {
		return refused{errors.New(operatorNames + " go together"), exitUsage}
	}
	if access.IsTemporary(secretID) {
		return refused{errors.New("TAEL_OPERATOR_SECRET_ID has the form of a temporary key's"), exitUsage}
	}
	now := c.Now(identity.Root)
	if secretID != "" {
		return s.PutOperator(ctx, identity, secretID, secretKey, now)
	}
	_, err := s.Identity(ctx, identity.Uin)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	secretID, secretKey = actions.NewKey()
	if err := s.PutOperator(ctx, identity, secretID, secretKey, now); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "The operator's key, shown this once:\n  SecretId   %s\n  SecretKey  %s\n",
		secretID, secretKey)
	return err
}

// printDemo shows the demo world's keys and a first call that works as printed.
func printDemo(out io.Writer, endpoint string) {
	_, _ = fmt.Fprintf(out, "\nDemo world at %s (keys that everybody knows; for this machine only)\n\n", endpoint)
	for _, a := range demo.Accounts() {
		_, _ = fmt.Fprintf(out, "  %-12s %d  %-36s %s  %s\n", a.Role, a.Uin, a.SecretID, a.SecretKey, a.Name)
	}
	for _, a := range demo.Accounts() {
		if a.Uin == demo.Reseller {
			_, _ = fmt.Fprintf(out, "\nA first call, in another terminal:\n\n"+
				"  %s call QueryPartnerCredit --endpoint %s \\\n    --secret-id %s --secret-key %s\n\n"+
				"In a browser: %[2]s/explorer/ to call every action, %[2]s/docs/ to read about them\n\n",
				invocation(), endpoint, a.SecretID, a.SecretKey)
		}
	}
}

// invocation is how this program was started: by its name, or by go run, which
// keeps the program itself where nobody finds it.
func invocation() string {
	if strings.Contains(os.Args[0], "go-build") {
		return "go run ./cmd/tael"
	}
	return os.Args[0]
}
