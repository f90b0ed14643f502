// Package limit counts requests for the rate limits of several servers, in one
// Redis. It knows neither rates nor the wire, and it never keeps a request for
// long: where Redis does not answer it says so, and each server counts alone.
package limit

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"tael/internal/clock"
)

// PatienceDefault is how long a request waits for Redis, unless told otherwise.
const PatienceDefault = 50 * time.Millisecond

// pause is how long Redis is left alone after it did not answer.
const pause = time.Second

// Options configure a Shared.
type Options struct {
	URL      string        // of Redis
	Patience time.Duration // how long a request may wait for Redis; 0 means PatienceDefault
	Clock    *clock.Clock
	Log      *slog.Logger
}

// Shared counts together with every server that uses the same Redis.
type Shared struct {
	client   redis.UniversalClient
	address  string // for the log
	password string // not for the log
	patience time.Duration
	clock    *clock.Clock
	log      *slog.Logger
	started  time.Time
	// retryAt is 0 while Redis answers, otherwise when to ask it again, in
	// nanoseconds after started.
	retryAt atomic.Int64
}

// errURL has no detail: what is wrong with a URL may be in its password.
var errURL = errors.New("not the URL of a Redis: use redis://user:password@host:6379/0, rediss://… for TLS, " +
	"unix:///path, or redis://host:6379?addr=host:6379 for a cluster")

// Open tries Redis once, so that a wrong address is in the log from the start.
// Only a URL that cannot be one is an error.
func Open(o Options) (*Shared, error) {
	// It would print a line a failure, with whatever a server says of a command
	// that holds the password.
	logging.Disable()
	if o.Patience == 0 {
		o.Patience = PatienceDefault
	}
	s := &Shared{patience: o.Patience, clock: o.Clock, log: o.Log, started: o.Clock.Real()}
	if err := s.connect(o.URL); err != nil {
		return nil, err
	}
	s.Count(0, "start", s.started)
	return s, nil
}

// connect makes the client; it connects when it is first used.
func (s *Shared) connect(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errURL
	}
	quiet := &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	if u.Query().Has("addr") {
		o, err := redis.ParseClusterURL(address)
		if err != nil {
			return errURL
		}
		o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = -1, 1, true
		o.DialTimeout, o.ReadTimeout, o.WriteTimeout = s.patience, s.patience, s.patience
		o.Protocol, o.DisableIdentity, o.MaintNotificationsConfig = 2, true, quiet
		o.DisableRoutingPolicies = true // the key decides; asking for all commands takes long
		s.client, s.address, s.password = redis.NewClusterClient(o), strings.Join(o.Addrs, " "), o.Password
		return nil
	}
	o, err := redis.ParseURL(address)
	if err != nil {
		return errURL
	}
	o.MaxRetries, o.DialerRetries, o.ContextTimeoutEnabled = -1, 1, true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout = s.patience, s.patience, s.patience
	o.Protocol, o.DisableIdentity, o.MaintNotificationsConfig = 2, true, quiet
	s.client, s.address, s.password = redis.NewClient(o), o.Addr, o.Password
	return nil
}

// Close ends the connections.
func (s *Shared) Close() error { return s.client.Close() }

// Answers reports whether Redis answered when it was last asked.
func (s *Shared) Answers() bool { return s.retryAt.Load() == 0 }

// Count counts a request and says how many there were of its account and action
// in this second of Redis' clock. It is false where Redis does not answer: then
// one request in a while pays for finding out whether it does again, and the
// others do not wait.
//
// There is no context: the wait is short, and a caller that goes away says
// nothing about Redis.
func (s *Shared) Count(account int64, action string, arrived time.Time) (int, bool) {
	retryAt := s.retryAt.Load()
	if retryAt != 0 && (int64(arrived.Sub(s.started)) < retryAt || !s.retryAt.CompareAndSwap(retryAt, s.later())) {
		return 0, false
	}
	count, err := s.ask(key(account, action))
	if err != nil {
		if s.retryAt.Swap(s.later()) == 0 {
			s.log.Warn("Redis does not answer: every server limits by itself", "redis", s.address, "error", s.hidden(err))
		}
		return 0, false
	}
	if retryAt != 0 {
		s.retryAt.Store(0)
		s.log.Warn("Redis answers again: limits are shared", "redis", s.address)
	}
	return count, true
}

// later is when to ask again after a failure, or after a request that has just
// begun to ask: should that take longer, another may begin.
func (s *Shared) later() int64 { return int64(s.clock.Real().Sub(s.started) + pause) }

// script counts in the hash at KEYS[1], which holds the count of one second. The
// second is a field and not part of the key, because scripts may name no other
// keys than they were given.
var script = redis.NewScript(`
local second = redis.call('TIME')[1]
local count = redis.call('HINCRBY', KEYS[1], second, 1)
if count == 1 then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], second, count)
  redis.call('PEXPIRE', KEYS[1], 2000)
end
return count`)

func (s *Shared) ask(key string) (int, error) {
	ctx, cancel := context.WithTimeout(context.Background(), s.patience)
	defer cancel()
	return script.Run(ctx, s.client, []string{key}).Int()
}

// key is where the requests of an account and action are counted. The braces
// are what a cluster spreads keys by.
func key(account int64, action string) string {
	return "tael:rate:{" + strconv.FormatInt(account, 10) + ":" + action + "}"
}

// hidden is the text of an error without the password: servers repeat commands
// that they do not know.
func (s *Shared) hidden(err error) string {
	if s.password == "" {
		return err.Error()
	}
	return strings.ReplaceAll(err.Error(), s.password, "xxxxx")
}
