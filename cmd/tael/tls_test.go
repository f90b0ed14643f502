package main_test

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"tael/internal/demo"
	"tael/internal/testkit"
)

// newCertificate writes a certificate for 127.0.0.1 and its key, and returns
// their paths and a pool that trusts it.
func newCertificate(t *testing.T) (certificate, key string, trusted *x509.CertPool) {
	t.Helper()
	public, secret := testkit.Certificate(t, "127.0.0.1")
	trusted = x509.NewCertPool()
	trusted.AppendCertsFromPEM(public)
	certificate, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	write(t, certificate, string(public))
	write(t, key, string(secret))
	return certificate, key, trusted
}

// Clients that leave the scheme in Host are served over TLS as well, and
// clients that prefer HTTP/2 fall back.
func TestTLS(t *testing.T) {
	t.Parallel()
	certificate, key, trusted := newCertificate(t)
	s := start(t, nil, "--demo", "--db", filepath.Join(t.TempDir(), "tael.db"),
		"--tls-cert", certificate, "--tls-key", key)
	config := &tls.Config{RootCAs: trusted}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}}
	defer client.CloseIdleConnections()
	address := s.address()
	answer, err := client.Get("https://" + address + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("healthz: %s %v", answer.Status, err)
	}
	conn, err := tls.Dial("tcp", address, config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	request := "POST / HTTP/1.1\r\nHost: https://" + address + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(conn)
	if err != nil || !strings.HasPrefix(string(raw), "HTTP/1.1 200 OK\r\n") || !strings.Contains(string(raw), "RequestId") {
		t.Errorf("host as URL: %s %v", raw, err)
	}
}

// Every command wants proof of a database server that is not this machine, and
// says what is wrong with it. 0.0.0.0 is reached here and is no local name.
func TestDatabaseHasToProveItsName(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	server, port := testkit.ListeningPostgres(t)
	address := fmt.Sprintf("postgres://tael@0.0.0.0:%d/postgres", port)
	tael(t, append([]string{"migrate"}, newDatabaseAt(t, address)...)...).expect(t, 1, "", "server refused TLS")
	issuer := testkit.SecurePostgres(t, server, "0.0.0.0")
	tael(t, append([]string{"migrate"}, newDatabaseAt(t, address)...)...).
		expect(t, 1, "", "does not prove who it is; sslrootcert and sslmode in its address say what is proof")
	known := newDatabaseAt(t, address+"?sslrootcert="+issuer)
	s := start(t, nil, append([]string{"--demo"}, known...)...)
	s.must(t, account(demo.Reseller), "QueryPartnerCredit", "{}")
	verified(t, known, "")
	issuer = testkit.SecurePostgres(t, server, "192.0.2.1")
	tael(t, append([]string{"verify"}, newDatabaseAt(t, address+"?sslrootcert="+issuer)...)...).
		expect(t, 4, "", "certificate is valid for 192.0.2.1, not 0.0.0.0")
}
