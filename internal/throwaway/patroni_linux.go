package throwaway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// Nodes is how many nodes a Patroni cluster has: one dead node must not stop
// writes for good, which need a standby.
const Nodes = 3

// Patroni is a PostgreSQL of several nodes that fails over: Patroni on each, one
// etcd, and an HAProxy that leads to the primary.
type Patroni struct {
	folder  string
	bin     string
	sync    bool
	ports   map[string]int
	etcd    *exec.Cmd
	haproxy *exec.Cmd
	nodes   [Nodes]*exec.Cmd // nil: dead
}

// ErrNoPatroni says which program is missing.
var ErrNoPatroni = errors.New("patroni, etcd or haproxy is missing; " +
	"Debian's packages are patroni, etcd-server, haproxy, python3-psycopg2 and python3-etcd")

// StartPatroni starts a cluster. A synchronous one answers a commit when a standby
// has it too, and none at all where there is no standby.
func StartPatroni(synchronous bool) (*Patroni, error) {
	bin, err := postgresBinaries()
	if err != nil {
		return nil, err
	}
	if bin, err = filepath.EvalSymlinks(filepath.Join(bin, "postgres")); err != nil {
		return nil, err
	}
	for _, program := range []string{"patroni", "etcd", haproxyPath} {
		if _, err := exec.LookPath(program); err != nil {
			return nil, ErrNoPatroni
		}
	}
	folder, err := os.MkdirTemp("/tmp", "tael-ha-")
	if err != nil {
		return nil, err
	}
	p := &Patroni{folder: folder, bin: filepath.Dir(bin), sync: synchronous}
	if err := p.start(); err != nil {
		p.Stop()
		return nil, err
	}
	return p, nil
}

// haproxyPath is Debian's place, which is not in everybody's PATH.
const haproxyPath = "/usr/sbin/haproxy"

func (p *Patroni) start() error {
	if who, err := ordinaryUser(); err != nil || who != nil && os.Chown(p.folder, int(who.Uid), int(who.Gid)) != nil {
		return errors.Join(err, errors.New("the folder cannot be given away"))
	}
	if err := p.choosePorts(); err != nil {
		return err
	}
	etcd := fmt.Sprintf("http://127.0.0.1:%d", p.ports["etcd"])
	peer := fmt.Sprintf("http://127.0.0.1:%d", p.ports["peer"])
	var err error
	p.etcd, err = p.run("etcd", "etcd", "--data-dir", p.folder+"/etcd", "--listen-client-urls", etcd,
		"--advertise-client-urls", etcd, "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer,
		"--initial-cluster", "default="+peer)
	if err != nil {
		return err
	}
	for i := range Nodes {
		if err := os.WriteFile(p.config(i), []byte(p.nodeConfig(i)), 0o644); err != nil {
			return err
		}
		if err := p.StartNode(i); err != nil {
			return err
		}
	}
	if err := os.WriteFile(p.folder+"/haproxy.cfg", []byte(p.haproxyConfig()), 0o644); err != nil {
		return err
	}
	if p.haproxy, err = p.run("haproxy", haproxyPath, "-db", "-f", p.folder+"/haproxy.cfg"); err != nil {
		return err
	}
	if err := p.WaitHealthy(2 * time.Minute); err != nil {
		return err
	}
	return p.execute(p.Address("postgres"), "CREATE DATABASE tael")
}

// choosePorts takes ports that stay free while a node is dead.
func (p *Patroni) choosePorts() error {
	names := []string{"etcd", "peer", "haproxy"}
	for i := range Nodes {
		names = append(names, fmt.Sprint("pg", i), fmt.Sprint("rest", i))
	}
	free, err := FreePorts(len(names))
	if err != nil {
		return err
	}
	p.ports = map[string]int{}
	for i, name := range names {
		p.ports[name] = free[i]
	}
	return nil
}

// run starts a program that ends with this process and writes a log.
func (p *Patroni) run(name, program string, arguments ...string) (*exec.Cmd, error) {
	log, err := os.OpenFile(p.folder+"/"+name+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has it
	command := exec.Command(program, arguments...)
	command.Dir, command.Stdout, command.Stderr = p.folder, log, log
	command.Env = append(os.Environ(), "HOME="+p.folder, "PGPASSFILE="+p.folder+"/none")
	if err := AsOrdinaryUser(command); err != nil {
		return nil, err
	}
	return command, command.Start()
}

func (p *Patroni) config(i int) string { return fmt.Sprintf("%s/n%d.yml", p.folder, i) }

func (p *Patroni) data(i int) string { return fmt.Sprintf("%s/n%d", p.folder, i) }

func (p *Patroni) nodeConfig(i int) string {
	return fmt.Sprintf(`scope: tael
name: n%[1]d
restapi: {listen: '127.0.0.1:%[2]d', connect_address: '127.0.0.1:%[2]d'}
etcd3: {host: '127.0.0.1:%[3]d'}
bootstrap:
  dcs:
    ttl: 5
    loop_wait: 1
    retry_timeout: 2
    maximum_lag_on_failover: 1073741824
    synchronous_mode: %[4]t
    synchronous_mode_strict: %[4]t
    primary_start_timeout: 0
    master_start_timeout: 0
    postgresql:
      use_pg_rewind: true
      parameters: {wal_log_hints: 'on', synchronous_commit: 'on', max_connections: 100, shared_buffers: 32MB}
  initdb: [{encoding: UTF8}, {locale: C}, data-checksums]
  pg_hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust', 'local all all trust']
postgresql:
  listen: 127.0.0.1:%[5]d
  connect_address: 127.0.0.1:%[5]d
  data_dir: %[6]s
  bin_dir: %[7]s
  pgpass: %[8]s/pgpass%[1]d
  authentication:
    superuser: {username: tael, password: unused}
    replication: {username: tael, password: unused}
    rewind: {username: tael, password: unused}
  parameters: {unix_socket_directories: '%[8]s'}
`, i, p.ports[fmt.Sprint("rest", i)], p.ports["etcd"], p.sync, p.ports[fmt.Sprint("pg", i)], p.data(i), p.bin, p.folder)
}

func (p *Patroni) haproxyConfig() string {
	var text strings.Builder
	fmt.Fprintf(&text, `global
  maxconn 500
defaults
  mode tcp
  timeout connect 1s
  timeout client 1h
  timeout server 1h
  timeout check 500ms
listen primary
  bind 127.0.0.1:%d
  option httpchk OPTIONS /primary
  http-check expect status 200
  default-server inter 500ms fastinter 200ms downinter 200ms fall 2 rise 1 on-marked-down shutdown-sessions
`, p.ports["haproxy"])
	for i := range Nodes {
		fmt.Fprintf(&text, "  server n%d 127.0.0.1:%d check port %d\n", i,
			p.ports[fmt.Sprint("pg", i)], p.ports[fmt.Sprint("rest", i)])
	}
	return text.String()
}

// Address is that of a database on whichever node is the primary.
func (p *Patroni) Address(database string) string {
	return fmt.Sprintf("postgres://tael@127.0.0.1:%d/%s?sslmode=disable", p.ports["haproxy"], database)
}

func (p *Patroni) nodeAddress(i int) string {
	port := p.ports[fmt.Sprint("pg", i)]
	return fmt.Sprintf("postgres://tael@127.0.0.1:%d/postgres?sslmode=disable&connect_timeout=1", port)
}

func (p *Patroni) execute(address, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// Primary is the node that says it is the primary, or -1.
func (p *Patroni) Primary() int {
	client := &http.Client{Timeout: time.Second}
	for i := range Nodes {
		url := fmt.Sprintf("http://127.0.0.1:%d/primary", p.ports[fmt.Sprint("rest", i)])
		response, err := client.Get(url)
		if err != nil {
			continue
		}
		_ = response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return i
		}
	}
	return -1
}

// WaitHealthy waits for a primary to which every other node streams, one of them
// synchronously where that was asked for.
func (p *Patroni) WaitHealthy(patience time.Duration) error {
	for range patience / (200 * time.Millisecond) {
		if primary := p.Primary(); primary >= 0 && p.streaming(primary) == nil {
			return nil
		}
		time.Sleep(200 * time.Millisecond)
	}
	return fmt.Errorf("the cluster is not healthy after %s; its logs are in %s", patience, p.folder)
}

func (p *Patroni) streaming(primary int) error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, p.nodeAddress(primary))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }() // only asked
	var streaming, synchronous int
	err = conn.QueryRow(ctx, `SELECT COUNT(*), COUNT(*) FILTER (WHERE sync_state IN ('sync', 'quorum'))
		FROM pg_stat_replication WHERE state = 'streaming'`).Scan(&streaming, &synchronous)
	if err == nil && (streaming < Nodes-1 || p.sync && synchronous == 0) {
		err = fmt.Errorf("%d nodes stream, %d of them synchronously", streaming, synchronous)
	}
	return err
}

// StartNode starts a node that is dead.
func (p *Patroni) StartNode(i int) (err error) {
	p.nodes[i], err = p.run(fmt.Sprint("n", i), "patroni", p.config(i))
	return err
}

// KillNode kills everything that runs on a node, as a power cut would.
func (p *Patroni) KillNode(i int) {
	pids := p.postgres(i, "")
	_ = p.nodes[i].Process.Kill() // it may have ended
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	_ = p.nodes[i].Wait() // it was killed
	for range 50 {        // a process that was being started just then
		if pids = p.postgres(i, ""); len(pids) == 0 {
			break
		}
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.nodes[i] = nil
}

// SignalReceivers sends a signal to the processes of the standbys that receive
// what the primary writes.
func (p *Patroni) SignalReceivers(primary int, signal syscall.Signal) (sent int) {
	for i := range Nodes {
		if i == primary || p.nodes[i] == nil {
			continue
		}
		for _, pid := range p.postgres(i, "walreceiver") {
			if syscall.Kill(pid, signal) == nil {
				sent++
			}
		}
	}
	return sent
}

// postgres finds the processes of a node's server, the first one first; with a
// title those whose title contains it.
func (p *Patroni) postgres(node int, title string) []int {
	text, err := os.ReadFile(p.data(node) + "/postmaster.pid")
	if err != nil {
		return nil
	}
	line, _, _ := strings.Cut(string(text), "\n")
	first, err := strconv.Atoi(line)
	if err != nil {
		return nil
	}
	var pids []int
	if _, err := os.Stat(fmt.Sprintf("/proc/%d", first)); err == nil && title == "" {
		pids = append(pids, first)
	}
	return append(pids, processesOf(first, title)...)
}

// Stop kills the cluster and removes all of it.
func (p *Patroni) Stop() {
	for i := range Nodes {
		if p.nodes[i] != nil {
			p.KillNode(i)
		}
	}
	for _, process := range []*exec.Cmd{p.haproxy, p.etcd} {
		if process != nil {
			_ = process.Process.Kill()
			_ = process.Wait()
		}
	}
	_ = os.RemoveAll(p.folder) // in a temporary folder
}
