package store_test

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"tael/internal/store"
	"tael/internal/testkit"
)

// What an address says of TLS is done; where it says nothing, every host that is
// not this machine has to prove who it is.
func TestHostsAreVerifiedUnlessTheAddressSaysOtherwise(t *testing.T) {
	t.Setenv("PGSSLMODE", "") // neither does whoever runs the test
	for address, want := range map[string]string{
		"postgres://u@db.example/d":                                 "verified",
		"postgres://u@db.example":                                   "verified",
		"postgres://u@db.example/d?application_name=x":              "verified",
		"postgres://u@db.example/d?sslmode=":                        "verified",
		"postgres://u@10.1.2.3:5433,localhost/d":                    "verified verified",
		"postgres://u@localhost,db.example/d":                       "verified verified",
		"postgres://u@/d?host=db.example":                           "verified",
		"postgres://u@127.example/d":                                "verified",
		"postgres://u:sslmode=@db.example/d":                        "verified",
		"postgres://u:what?sslmode=disable&@db.example/d":           "verified",
		"postgres://u:what?@db.example/d":                           "verified",
		"postgres://u@db.example/d?sslmode=disable":                 "plain",
		"postgres://u@db.example/d?sslmode=require":                 "any",
		"postgres://u@db.example/d?connect_timeout=1&sslmode=allow": "plain any",
		"postgres://u@localhost/d":                                  "any plain",
		"postgres://u@127.0.0.2,[::1]/d":                            "any plain any plain",
		"postgres://u@/d?host=/run/postgresql":                      "plain",
	} {
		config, err := store.PostgresConfig(address, store.PostgresOptions{})
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		hosts := append([]*pgconn.FallbackConfig{{
			Host: config.ConnConfig.Host, TLSConfig: config.ConnConfig.TLSConfig,
		}}, config.ConnConfig.Fallbacks...)
		var got []string
		for _, host := range hosts {
			switch secure := host.TLSConfig; {
			case secure == nil:
				got = append(got, "plain")
			case secure.InsecureSkipVerify:
				got = append(got, "any")
			case secure.ServerName == host.Host:
				got = append(got, "verified")
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", address, got, want)
		}
	}
	t.Setenv("PGSSLMODE", "require")
	config, err := store.PostgresConfig("postgres://u@db.example/d", store.PostgresOptions{})
	if err != nil || !config.ConnConfig.TLSConfig.InsecureSkipVerify {
		t.Errorf("PGSSLMODE is not heeded: %v", err)
	}
}

// A real server over TLS, reached by names that stand for this machine.
func TestServerHasToProveItsName(t *testing.T) {
	t.Parallel()
	server, port := testkit.ListeningPostgres(t)
	_, err := connected(t, fmt.Sprintf("postgres://tael@db.example:%d/postgres", port))
	if err == nil || !strings.Contains(err.Error(), "refused TLS") {
		t.Errorf("a server without TLS: %v", err)
	}
	issuer := testkit.SecurePostgres(t, server, "db.example")
	stranger, _ := testkit.Certificate(t, "db.example")
	other := filepath.Join(t.TempDir(), "other.crt")
	if err := os.WriteFile(other, stranger, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, host, query string
		err               any  // what errors.As finds; nil: it connects
		tls               bool // what it connects with
	}{
		{"its issuer is known", "db.example", "?sslrootcert=" + issuer, nil, true},
		{"nothing is known", "db.example", "", new(x509.UnknownAuthorityError), false},
		{"another issuer is known", "db.example", "?sslrootcert=" + other, new(x509.UnknownAuthorityError), false},
		{"another name", "other.example", "?sslrootcert=" + issuer, new(x509.HostnameError), false},
		{"any certificate will do", "other.example", "?sslmode=require", nil, true},
		{"no TLS", "other.example", "?sslmode=disable", nil, false},
	} {
		address := fmt.Sprintf("postgres://tael@%s:%d/postgres%s", c.host, port, c.query)
		encrypted, err := connected(t, address)
		if c.err == nil && (err != nil || encrypted != c.tls) || c.err != nil && !errors.As(err, c.err) {
			t.Errorf("%s: TLS is %t, %v", c.name, encrypted, err)
		}
	}
}

// connected connects as the store would, were every name this machine's.
func connected(t *testing.T, address string) (encrypted bool, err error) {
	t.Helper()
	config, err := store.PostgresConfig(address, store.PostgresOptions{})
	if err != nil {
		return false, err
	}
	config.ConnConfig.LookupFunc = func(context.Context, string) ([]string, error) { return []string{"127.0.0.1"}, nil }
	conn, err := pgx.ConnectConfig(t.Context(), config.ConnConfig)
	if err != nil {
		return false, err
	}
	defer func() { _ = conn.Close(context.Background()) }()
	err = conn.QueryRow(t.Context(), `SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`).Scan(&encrypted)
	return encrypted, err
}
