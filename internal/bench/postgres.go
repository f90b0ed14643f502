package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"tael/internal/load"
	"tael/internal/throwaway"
)

// pgbenchRun is what pgbench does instead of a server: the least that the same
// work can be in SQL, one transaction each.
type pgbenchRun struct {
	script  string
	clients int
}

// allocateSQL writes the rows that an allocation writes, two updates and an
// insert, for one of some partners and one of its customers.
const allocateSQL = `\set root 210000000000 + 9000000 * random(0, %d)
\set customer :root + 1 + random(0, %d)
\set sequence random(1000000000, 9000000000000000000)
BEGIN;
UPDATE partner SET line = line - 1, customer_total = customer_total + 1, customer_remaining = customer_remaining + 1
WHERE root_uin = :root AND uin = :root;
UPDATE customer SET credit = credit + 1 WHERE root_uin = :root AND uin = :customer;
INSERT INTO transfer (root_uin, sequence, at, kind, debit_kind, debit_owner, credit_kind, credit_owner, amount,
	debit_after, credit_after, partner_uin, customer_uin, customer_total, request_id, operator, remark, hash, line)
VALUES (:root, :sequence, 1795000000000, 3, 2, :root, 4, :customer, 1, 1, 1, :root, :customer, 1,
	'01a2017e-f1cf-7b83-b26e-' || :sequence, 'pgbench', '', '\\x00000000000000000000000000000000', 0);
COMMIT;
`

const selectSQL = `SELECT uin, parent_uin, role, line, line_total, quota, quota_total, customers, customer_total,
customer_remaining, issued, status FROM partner WHERE root_uin = 210000000000 AND uin = 210000000000;
`

// pgbenchClients is with how many pgbench does best on two cores.
const pgbenchClients = 16

var manyLines = load.Size{Partners: 1000, Customers: 5}

// postgresComparisons are measured with -postgres.
var postgresComparisons = []comparison{
	{
		name:   "hot-line",
		about:  "AllocateCustomerCredit from one line, durable a second, by pgbench's transactions of the same rows",
		figure: throughput, goal: 5,
		sides: []side{
			{name: "tael", load: allocations, serve: server{fill: small, postgres: true}},
			{name: "pgbench", pgbench: pgbenchRun{
				script: fmt.Sprintf(allocateSQL, 0, small.Customers-1), clients: pgbenchClients,
			}, serve: server{fill: small, postgres: true}},
			{name: "tael, two processes", load: allocations, serve: server{fill: small, postgres: true, processes: 2}},
		},
	},
	{
		name:   "many-lines",
		about:  "AllocateCustomerCredit from 1,000 lines, durable a second, by pgbench's transactions of the same rows",
		figure: throughput, goal: 0.6,
		sides: []side{
			{name: "tael", load: allocations, serve: server{fill: manyLines, postgres: true}},
			{name: "pgbench", pgbench: pgbenchRun{
				script: fmt.Sprintf(allocateSQL, manyLines.Partners-1, manyLines.Customers-1), clients: pgbenchClients,
			}, serve: server{fill: manyLines, postgres: true}},
			{name: "tael, two processes", load: allocations, serve: server{fill: manyLines, postgres: true, processes: 2}},
		},
	},
	{
		name:   "reads",
		about:  "QueryPartnerCredit, signed requests a second, by pgbench's selects of the same row from as many clients",
		figure: throughput, goal: 0.35,
		sides: []side{
			{name: "tael", action: queryCredit, serve: server{fill: small, postgres: true}},
			{
				name: "pgbench", pgbench: pgbenchRun{script: selectSQL, clients: clients},
				serve: server{fill: small, postgres: true},
			},
		},
	},
}

var allocations = load.Options{Work: "AllocateCustomerCredit", Clients: clients}

// startCluster starts the PostgreSQL that is measured: its defaults, but for some
// settings. fsync, synchronous_commit and full_page_writes are on by default.
func (b *bench) startCluster(settings ...string) (err error) {
	b.cluster, err = throwaway.StartPostgres(append(settings, "listen_addresses=", "max_connections=200")...)
	return err
}

// masterKey is that of all databases on the cluster.
const masterKey = "TAEL_MASTER_KEY=MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

// newDatabase makes an empty database on the cluster and returns its name.
func (b *bench) newDatabase() (name string, err error) {
	b.databases++
	name = "bench" + strconv.Itoa(b.databases)
	return name, b.cluster.Execute("CREATE DATABASE " + name)
}

var (
	pgbenchRate    = regexp.MustCompile(`tps = ([0-9.]+)`)
	pgbenchLatency = regexp.MustCompile(`latency average = ([0-9.]+) ms`)
	pgbenchDone    = regexp.MustCompile(`actually processed: ([0-9]+)`)
	pgbenchFailed  = regexp.MustCompile(`number of failed transactions: ([0-9]+)`)
)

// runPgbench measures a side that is pgbench. Its p50 is an average.
func (b *bench) runPgbench(ctx context.Context, r pgbenchRun, folder string, d *database) (m measurement, err error) {
	path := filepath.Join(folder, "script.sql")
	if err := os.WriteFile(path, []byte(r.script), 0o644); err != nil {
		return m, err
	}
	for _, seconds := range []time.Duration{warmTime, b.duration} {
		command := exec.CommandContext(ctx, b.cluster.Program("pgbench"), "-n", "-M", "prepared",
			"-c", strconv.Itoa(r.clients), "-j", "2", "-T", strconv.Itoa(int(seconds.Seconds())), "-f", path, d.path)
		output, err := command.CombinedOutput()
		if err != nil {
			return m, fmt.Errorf("pgbench: %w\n%s", err, output)
		}
		read := func(what *regexp.Regexp) float64 {
			match := what.FindSubmatch(output)
			if match == nil {
				err = errors.Join(err, fmt.Errorf("pgbench printed no %s:\n%s", what, output))
				return 0
			}
			number, problem := strconv.ParseFloat(string(match[1]), 64)
			err = errors.Join(err, problem)
			return number
		}
		m = measurement{PerSecond: read(pgbenchRate), P50: read(pgbenchLatency), Requests: int64(read(pgbenchDone))}
		if failed := read(pgbenchFailed); failed > 0 {
			err = errors.Join(err, fmt.Errorf("%g transactions of pgbench failed", failed))
		}
		if err != nil {
			return m, err
		}
	}
	return m, nil
}
