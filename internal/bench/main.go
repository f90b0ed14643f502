// Command bench measures a running Tael against a baseline measured in the same
// minutes and prints the ratio: `go run ./internal/bench`, or `make bench`. It
// asserts nothing about time; it fails only where an answer or a figure of the
// servers that it starts is wrong.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
)

// buildTime bounds the build of the binary that is measured.
const buildTime = 10 * time.Minute

type options struct {
	tael     string
	json     string
	only     string
	postgres bool
	large    bool
	scale    float64
	duration time.Duration
	runs     int
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == bareCommand {
		exit(serveBare(os.Args[2], os.Stderr))
	}
	var o options
	flag.StringVar(&o.tael, "tael", "", "`path` of the binary to measure (default: built from ./cmd/tael)")
	flag.StringVar(&o.json, "json", "", "also write the figures to this `file`")
	flag.StringVar(&o.only, "only", "", "run the comparisons whose `name` contains this")
	flag.BoolVar(&o.postgres, "postgres", false, "measure on a PostgreSQL of its own, against pgbench")
	flag.BoolVar(&o.large, "large", false, "measure how reads grow with a tree, on a PostgreSQL of its own")
	flag.Float64Var(&o.scale, "scale", 1, "with -large: how large its large tree is")
	flag.DurationVar(&o.duration, "time", 5*time.Second, "how long each run takes, in whole seconds")
	flag.IntVar(&o.runs, "runs", 3, "how often each side runs, the sides taking turns")
	flag.Parse()
	debug.SetGCPercent(gcPercent) // what makes load shall take little of the machine
	// A reader of our output that goes away must not leave servers behind: hence
	// SIGPIPE, which otherwise ends the process on the spot.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGPIPE)
	err := o.run(ctx, os.Stdout, os.Stderr)
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	stop()
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// run measures the chosen comparisons and prints out what it found; progress
// tells meanwhile what is going on.
func (o *options) run(ctx context.Context, out, progress io.Writer) (err error) {
	if flag.NArg() > 0 {
		return fmt.Errorf("%q: there are flags only", flag.Arg(0))
	}
	if o.runs < 1 || o.duration < time.Second {
		return errors.New("-runs and -time must be at least 1 and 1s")
	}
	if int(largeCustomers*o.scale) < fewCustomers || o.scale > 1 {
		return fmt.Errorf("-scale must be %g to 1", float64(fewCustomers)/largeCustomers)
	}
	if !o.large {
		if err := findWrk(); err != nil {
			return err
		}
	}
	folder, err := os.MkdirTemp("", "tael-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	b := &bench{
		folder: folder, tael: o.tael, duration: o.duration.Truncate(time.Second), progress: progress,
		kept: map[string]database{},
	}
	if b.tael == "" {
		if b.tael, err = build(ctx, folder, progress); err != nil {
			return err
		}
	}
	figures, err := measureMachine(ctx, b)
	if err != nil {
		return err
	}
	printMachine(out, figures)
	chosen, err := o.choose(b)
	if err != nil {
		return err
	}
	if b.cluster != nil {
		defer b.cluster.Stop()
	}
	for i := range chosen {
		c := &chosen[i]
		if !strings.Contains(c.name, o.only) {
			continue
		}
		r, err := b.compare(ctx, c, o.runs)
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		printResult(out, r)
		figures.Comparisons = append(figures.Comparisons, r)
	}
	if len(figures.Comparisons) == 0 {
		return fmt.Errorf("-only %s: no comparison has this in its name", o.only)
	}
	return writeJSON(o.json, figures)
}

// choose says what is measured and starts the PostgreSQL for it.
func (o *options) choose(b *bench) ([]comparison, error) {
	switch {
	case o.large:
		return largeComparisons(o.scale), b.startCluster(largeMemory, quietLog, quietCheckpoints)
	case o.postgres:
		return postgresComparisons, b.startCluster()
	}
	return comparisons, nil
}

func build(ctx context.Context, folder string, progress io.Writer) (string, error) {
	fmt.Fprintln(progress, "building ./cmd/tael")
	ctx, cancel := context.WithTimeout(ctx, buildTime)
	defer cancel()
	path := folder + "/tael"
	if output, err := exec.CommandContext(ctx, "go", "build", "-o", path, "tael/cmd/tael").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, output)
	}
	return path, nil
}
