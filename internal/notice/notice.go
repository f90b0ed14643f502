// Package notice sends the messages of the outboxes: mail by SMTP, short messages
// and events by webhooks. It learns of messages from the store alone; it knows no
// rule and no wire of Tael's API.
package notice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"tael/internal/clock"
	"tael/internal/store"
)

// Results of attempts.
const (
	Sent    = "sent"
	Failed  = "failed"   // it is tried again
	GivenUp = "given_up" // it is not
)

// Results are all of them.
var Results = []string{Sent, Failed, GivenUp}

const (
	// lease is for how long a process has the messages that it took to itself.
	lease = 2 * time.Minute
	// takenMax messages are taken at once and attemptTime bounds each attempt, so
	// that all are over, connecting included, before the lease is.
	takenMax    = 8
	attemptTime = 10 * time.Second
	// sweepTime is when a sweep turns to no other tree any more.
	sweepTime = 30 * time.Second
	treesMax  = 100
	// recordTime bounds writing down what came of attempts.
	recordTime = 10 * time.Second
)

// Pauses between attempts double from the first to the last; each is up to half
// longer or shorter, so that messages that failed together part.
const (
	firstPause = 10 * time.Second
	lastPause  = time.Hour
)

// lifeOf is how old a message may be when it is sent. A code that nobody can use
// any more is not sent.
func lifeOf(kind store.MessageKind) time.Duration {
	if kind == store.VerificationCode {
		return 10 * time.Minute
	}
	return 72 * time.Hour
}

var (
	// errDown says that no message of a channel can be sent now.
	errDown = errors.New("not reached")
	// errHopeless says that a message can never be sent.
	errHopeless = errors.New("cannot be sent")

	errTooOld     = errors.New("too old to be sent")
	errUnreadable = errors.New("its content cannot be decrypted")
)

// transport sends messages of one channel.
type transport interface {
	// send tries each message and returns what came of each, in their order.
	send(ctx context.Context, messages []store.StoredMessage) []error
}

// Notices delivers messages.
type Notices struct {
	// Observe, where set before the first sweep, is told of every attempt's result.
	Observe func(channel store.Channel, result string)

	store      *store.Store
	clock      *clock.Clock
	log        *slog.Logger
	transports map[store.Channel]transport
}

// New makes what delivers messages of the channels that o names; the others stay
// in the outboxes.
func New(s *store.Store, c *clock.Clock, log *slog.Logger, o Options) (*Notices, error) {
	transports, err := o.transports(c)
	return &Notices{store: s, clock: c, log: log, transports: transports}, err
}

// Channels are those that are delivered.
func (n *Notices) Channels() []store.Channel {
	var channels []store.Channel
	for _, channel := range store.Channels {
		if n.transports[channel] != nil {
			channels = append(channels, channel)
		}
	}
	return channels
}

// Deliver sends the messages of a channel whose time has come. It ends when there
// are none, when the receiver cannot be reached, or after half a minute.
func (n *Notices) Deliver(ctx context.Context, channel store.Channel) error {
	until := n.clock.Real().Add(sweepTime)
	for {
		roots, err := n.store.DueTrees(ctx, store.DueKind(channel), n.now(), treesMax)
		if err != nil || len(roots) == 0 {
			return err
		}
		for _, root := range roots {
			if err := n.visit(ctx, root, channel); err != nil {
				if errors.Is(err, errDown) {
					return nil // it was logged
				}
				return err
			}
			if ctx.Err() != nil || n.clock.Real().After(until) {
				return nil
			}
		}
	}
}

// now is the time of messages, which are of no tree's own time.
func (n *Notices) now() time.Time { return n.clock.Now(0) }

// visit sends a few messages of one tree.
func (n *Notices) visit(ctx context.Context, root int64, channel store.Channel) error {
	taken, err := n.store.TakeMessages(ctx, store.Take{
		Root: root, Channel: channel, Now: n.now(), Lease: lease, Limit: takenMax,
	})
	if err != nil || len(taken) == 0 {
		return err
	}
	errs := make([]error, len(taken))
	var ready []store.StoredMessage
	var places []int
	for i := range taken {
		switch {
		case n.now().Sub(taken[i].At) > lifeOf(taken[i].Kind):
			errs[i] = fmt.Errorf("%w: %w", errHopeless, errTooOld)
		case taken[i].Fields == nil:
			errs[i] = errUnreadable
		default:
			ready, places = append(ready, taken[i]), append(places, i)
		}
	}
	if len(ready) > 0 {
		for i, err := range n.transports[channel].send(ctx, ready) {
			errs[places[i]] = err
		}
	}
	// What was sent is written down even if the server is about to stop.
	recording, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordTime)
	defer cancel()
	err = n.store.SettleMessages(recording, root, channel, n.outcomes(taken, errs))
	return errors.Join(err, firstDown(errs))
}

func firstDown(errs []error) error {
	for _, err := range errs {
		if errors.Is(err, errDown) {
			return err
		}
	}
	return nil
}

// outcomes says what becomes of messages, and tells of it.
func (n *Notices) outcomes(taken []store.StoredMessage, errs []error) []store.Delivery {
	deliveries := make([]store.Delivery, len(taken))
	for i := range taken {
		m, result := &taken[i], Sent
		d := store.Delivery{ID: m.ID, Attempt: m.Attempts, Status: store.MessageSent, At: n.now()}
		if err := errs[i]; err != nil {
			d.Status, d.Error, result = store.MessageWaiting, shortened(err.Error()), Failed
			d.NextAt = d.At.Add(pauseAfter(m.Attempts))
			if errors.Is(err, errHopeless) || d.NextAt.Sub(m.At) > lifeOf(m.Kind) {
				d.Status, result = store.MessageGivenUp, GivenUp
			}
			n.log.Warn("message not sent", "id", m.ID, "root", m.Root, "kind", m.Kind, "channel", m.Channel,
				"attempt", m.Attempts, "given_up", d.Status == store.MessageGivenUp, "error", d.Error)
		}
		if n.Observe != nil {
			n.Observe(m.Channel, result)
		}
		deliveries[i] = d
	}
	return deliveries
}

// pauseAfter is how long to wait after a number of attempts.
func pauseAfter(attempts int64) time.Duration {
	pause := firstPause
	for n := int64(1); n < attempts && pause < lastPause; n++ {
		pause *= 2
	}
	pause = min(pause, lastPause)
	return pause/2 + rand.N(pause)
}

// errorMax bounds what is kept of an error.
const errorMax = 300

func shortened(text string) string {
	runes := []rune(text)
	if len(runes) <= errorMax {
		return text
	}
	return string(runes[:errorMax]) + "…"
}
