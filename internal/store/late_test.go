package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"tael/internal/ledger"
	"tael/internal/store"
	"tael/internal/testkit"
)

// network lies between a store and its PostgreSQL. What the store sends can be held
// up on the way, as packets are that have to be sent again: it comes although the
// store has hung up.
type network struct {
	t        *testing.T
	server   *pgconn.Config
	listener net.Listener
	mu       sync.Mutex
	passing  chan struct{} // what connections older than it wait for
	running  sync.WaitGroup
}

// between returns a network and the database's address through it.
func between(t *testing.T, address string) (*network, string) {
	t.Helper()
	server, err := pgconn.ParseConfig(address)
	if err != nil {
		t.Fatal(err)
	}
	through, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := &network{t: t, server: server, listener: listener, passing: make(chan struct{})}
	n.running.Go(func() {
		for {
			from, err := listener.Accept()
			if err != nil {
				return
			}
			n.running.Go(func() { n.connect(from) })
		}
	})
	t.Cleanup(n.end)
	query := through.Query()
	query.Set("host", "127.0.0.1")
	query.Set("port", fmt.Sprint(listener.Addr().(*net.TCPAddr).Port))
	through.RawQuery = query.Encode()
	return n, through.String()
}

// end waits until the server has seen the end of each connection. The store is shut.
func (n *network) end() {
	_ = n.listener.Close() // again, at the end of the test
	n.running.Wait()
}

func (n *network) connect(from net.Conn) {
	defer func() { _ = from.Close() }()
	kind, address := pgconn.NetworkAddress(n.server.Host, n.server.Port)
	to, err := net.Dial(kind, address)
	if err != nil {
		n.t.Error(err)
		return
	}
	defer func() { _ = to.Close() }()
	begun := n.gate()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(from, to) // until the server has done what came, and hangs up
		_ = from.(*net.TCPConn).CloseWrite()
	})
	for buffer := make([]byte, 1<<16); ; {
		count, err := from.Read(buffer)
		if gate := n.gate(); gate != begun {
			<-gate
		}
		if _, failed := to.Write(buffer[:count]); err != nil || failed != nil {
			break
		}
	}
	_ = to.(interface{ CloseWrite() error }).CloseWrite()
	back.Wait()
}

func (n *network) gate() chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.passing
}

// hold keeps back what is sent on the connections that there are, until the returned
// function is called.
func (n *network) hold() (release func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	held := make(chan struct{})
	n.passing = held
	return sync.OnceFunc(func() { close(held) })
}

// A batch that begins with what is remembered is sent before it has the tree's
// lock. Once it was found not to have been committed it does not come any more,
// however late it arrives.
func TestBatchThatWasNotCommittedDoesNotComeLate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		command ledger.Command
	}{
		{"with a transfer", give()},
		{"without", &ledger.SetForced{Partner: root, Customer: root + 1, Forced: true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			address := testkit.Postgres.Migrated(t)
			network, through := between(t, address)
			o := options(t, through, "a", &ledger.Settings{PoolBounded: true})
			// One connection, so that the statements are prepared on it.
			o.Postgres.Connections, o.Postgres.StatementTimeout = 1, 500*time.Millisecond
			s, err := store.Open(context.Background(), o)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			plant(t, s, "C")
			for range 2 {
				record(t, s, 0)
				commit(t, s, &ledger.SetForced{Partner: root, Customer: root + 1, Forced: true})
				commit(t, s, &ledger.SetForced{Partner: root, Customer: root + 1})
			}
			b := beginAs(t, s, false, c.command)
			if _, err := b.State.Apply(c.command, ledger.Origin{RequestID: "late"}); err != nil || !b.Recalled() {
				t.Fatalf("recalled: %t, %v", b.Recalled(), err)
			}
			release := network.hold()
			defer release()
			if err := b.Commit(nil); !errors.Is(err, store.ErrInDoubt) {
				t.Fatalf("committed: %v", err)
			}
			if done, err := open(t, address, "a").Committed(context.Background(), b.Ticket()); done || err != nil {
				t.Fatalf("committed: %t, %v", done, err)
			}
			release()
			shut(t, s)
			network.end()
			if n := count(t, address, "transfer", "request_id = 'late'") + count(t, address, "customer", "forced <> 0"); n != 0 {
				t.Error("it came late")
			}
			verify(t, open(t, address, "a"))
		})
	}
}
