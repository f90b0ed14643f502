package engine_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tael/internal/store"
	"tael/internal/testkit"
)

// relay stands between a store and its PostgreSQL, and can hold back the message
// with which a client asks for the end of what it sent.
type relay struct {
	t        *testing.T
	listener net.Listener
	server   *pgx.ConnConfig
	armed    atomic.Bool
	held     chan struct{} // the message is held back
	release  chan struct{}
	last     []byte // what the client hears then, in the place of the server; nil: what the server says
	running  sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

// newRelay listens before the server of a database, and returns the database's
// address by way of it.
func newRelay(t *testing.T, address string) (r *relay, through string) {
	t.Helper()
	r = &relay{t: t, held: make(chan struct{}), release: make(chan struct{})}
	var err error
	if r.server, err = pgx.ParseConfig(address); err != nil {
		t.Fatal(err)
	}
	folder, err := os.MkdirTemp("/tmp", "tael-relay-") // a socket's path must be short
	if err != nil {
		t.Fatal(err)
	}
	if r.listener, err = net.Listen("unix", folder+"/.s.PGSQL.5432"); err != nil {
		t.Fatal(err)
	}
	r.running.Go(r.accept)
	t.Cleanup(func() {
		_ = r.listener.Close()
		r.mu.Lock()
		for _, conn := range r.conns {
			_ = conn.Close()
		}
		r.mu.Unlock()
		r.running.Wait()
		_ = os.RemoveAll(folder)
	})
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(r.server.User, r.server.Password), Path: "/" + r.server.Database,
		RawQuery: url.Values{"host": {folder}, "port": {"5432"}}.Encode(),
	}
	return r, u.String()
}

func (r *relay) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		network, address := pgconn.NetworkAddress(r.server.Host, r.server.Port)
		server, err := net.Dial(network, address)
		if err != nil {
			r.t.Error(err)
			_ = client.Close()
			continue
		}
		r.mu.Lock()
		r.conns = append(r.conns, client, server)
		r.mu.Unlock()
		r.running.Go(func() {
			_, _ = io.Copy(client, server)
			_ = client.Close()
		})
		r.running.Go(func() {
			r.requests(server, client)
			_ = server.Close()
		})
	}
}

// requests passes on what a client sends, message by message.
func (r *relay) requests(server io.Writer, client io.ReadWriter) {
	executes := false
	for begun := false; ; begun = true {
		head := make([]byte, 5) // a type, which the first message has not, and a length
		if !begun {
			head = head[:4]
		}
		if _, err := io.ReadFull(client, head); err != nil {
			return
		}
		message := append(head, make([]byte, binary.BigEndian.Uint32(head[len(head)-4:])-4)...)
		if _, err := io.ReadFull(client, message[len(head):]); err != nil {
			return
		}
		const execute, synchronize = 'E', 'S'
		switch {
		case begun && message[0] == execute:
			executes = true
		case begun && message[0] == synchronize:
			if executes && r.armed.CompareAndSwap(true, false) {
				close(r.held)
				<-r.release
				if r.last != nil {
					_, _ = client.Write(r.last)
					return
				}
			}
			executes = false
		}
		if _, err := server.Write(message); err != nil {
			return
		}
	}
}

// pooled is what PgBouncer sends to a client whose server's connection broke.
var pooled = []byte("E\x00\x00\x00\x29SFATAL\x00C08P01\x00Mserver conn crashed?\x00\x00")

// A server that is told to stop just after it has committed says so in the place
// of the pipeline's end: COMMIT was answered, the next thing is an error. A pooler
// that lost its server says so in the place of the first answer that is missing.
// Neither says anything against the commit, which must not be run again.
func TestErrorsThatComeInsteadOfTheEndOfACommit(t *testing.T) {
	t.Parallel()
	for name, last := range map[string][]byte{"a server that stops": nil, "a pooler without its server": pooled} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			interrupted(t, last)
		})
	}
}

// interrupted makes an allocation that is committed before the client hears of it,
// and is done once nevertheless.
func interrupted(t *testing.T, last []byte) {
	t.Helper()
	address := testkit.Postgres.Migrated(t)
	r, through := newRelay(t, address)
	r.last = last
	w := openWorld(t, through, childKey, 0)
	w.plant(1000)
	w.close()
	var once sync.Once
	w.watch = func(s store.Statement, done bool) error {
		if s.SQL == "COMMIT" && !done {
			once.Do(func() { r.armed.Store(true) })
		}
		return nil
	}
	w.open(0)
	answered := make(chan error, 1)
	go func() {
		_, err := w.do(context.Background(), allocation(1, 7, "interrupted"))
		answered <- err
	}()
	<-r.held
	w.eventually("a commit", func() bool {
		return testkit.Count(t, address, `SELECT COUNT(*) FROM transfer WHERE remark = 'interrupted'`) == 1
	})
	testkit.Execute(t, address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	close(r.release)
	if err := <-answered; err != nil {
		t.Errorf("it was answered %v", err)
	}
	if n := w.times("interrupted"); n != 1 {
		t.Errorf("it was executed %d times", n)
	}
	if doubts := w.log.count(`msg="commit in doubt"`); doubts != 1 {
		t.Errorf("%d commits were in doubt", doubts)
	}
	w.verify()
}
