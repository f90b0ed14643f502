package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"tael/internal/clock"
	"tael/internal/engine"
	"tael/internal/load"
)

type benchFlags struct {
	database  databaseFlags
	fill      bool
	world     string
	size      load.Size
	endpoints []string
	work      string
	page      string
	busiest   bool
	clients   int
	rate      float64
	duration  time.Duration
	warm      time.Duration
	seed      uint64
	json      string
}

func benchCommand() *cobra.Command {
	f := &benchFlags{}
	command := &cobra.Command{
		Use:   "bench",
		Short: "Put a running server under load and measure it",
		Long: `Puts a running server under load, measures latencies as a client sees them, and checks that the
balances afterwards are those that the answers add up to.

First fill an empty database with partners and customers:

  tael bench --fill --db tael.db --customers 1000 --world world.json

Then start the server on it with --rate-limits off and make load:

  tael bench --world world.json --work AllocateCustomerCredit --clients 64 --time 30s

With one partner in the world all writes change one line; with many they spread. --rate sends at a fixed rate
whatever the server makes of it (open loop); latencies then count from when a request was due. Without it each
client sends its next request when the last is answered (closed loop).

RecordCharge is signed with the operator's key, from ` + operatorNames + `.
Nothing else may change the world's partners meanwhile. The world file holds keys: it is not for others to read.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := fromEnvironment(command); err != nil {
				return err
			}
			if f.fill {
				return f.makeWorld(command.Context(), command.ErrOrStderr())
			}
			return f.run(command.Context(), command.OutOrStdout(), command.ErrOrStderr())
		},
	}
	flags := command.Flags()
	f.database.register(flags)
	flags.StringVar(&f.world, "world", "world.json", "`file` that --fill writes and load reads: partners with their keys")
	flags.BoolVar(&f.fill, "fill", false, "fill --db with a world instead of making load")
	flags.IntVar(&f.size.Partners, "partners", 1, "with --fill: resellers, each a tree of its own")
	flags.IntVar(&f.size.Customers, "customers", 1000, "with --fill: customers of each partner")
	flags.IntVar(&f.size.Vouchers, "vouchers", 1, "with --fill: vouchers of each customer that gets any")
	flags.IntVar(&f.size.Holders, "holders", 0, "with --fill: customers of each partner that get vouchers; 0: all")
	flags.IntVar(&f.size.Transfers, "transfers", 0, "with --fill: transfers of each partner, at least")
	flags.IntVar(&f.size.Busiest, "busiest", 0, "with --fill: allocations to each partner's first customer, at least")
	flags.StringArrayVar(&f.endpoints, "endpoint", []string{"http://127.0.0.1:8080"},
		"`URL` of the server; may be repeated for several of one installation")
	flags.StringVar(&f.work, "work", load.Works[0], "`action` to call: "+strings.Join(load.Works, ", "))
	flags.StringVar(&f.page, "page", load.Pages[len(load.Pages)-1],
		"`page` of lists to ask for: "+strings.Join(load.Pages, ", "))
	flags.BoolVar(&f.busiest, "busiest-history", false,
		"ask for histories of the customers with the most allocations only")
	flags.IntVar(&f.clients, "clients", 64, "connections")
	flags.Float64Var(&f.rate, "rate", 0, "requests a second; 0: as fast as they are answered")
	flags.DurationVar(&f.duration, "time", 10*time.Second, "how long to measure")
	flags.DurationVar(&f.warm, "warm", 2*time.Second, "how long to make load before it counts")
	flags.Uint64Var(&f.seed, "seed", 1, "seed of what is drawn at random")
	flags.StringVar(&f.json, "json", "", "write the report as JSON to this `file`; - is stdout")
	return command
}

// makeWorld fills the database in this process, through the engine. A server may
// run beside it.
func (f *benchFlags) makeWorld(ctx context.Context, progress io.Writer) (err error) {
	s, err := f.database.open(ctx, true, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c := &clock.Clock{}
	e := engine.New(s, c, slog.New(slog.NewJSONHandler(os.Stderr, nil)), 0)
	defer e.Close()
	started := c.Real()
	world, err := load.Fill(ctx, s, e, c, f.size, func(done, all int64) {
		gone := c.Real().Sub(started).Seconds()
		fmt.Fprintf(progress, "\r%d of %d commands, %.0f/s ", done, all, float64(done)/gone)
	})
	fmt.Fprintln(progress)
	if err != nil {
		return err
	}
	return world.Save(f.world)
}

func (f *benchFlags) run(ctx context.Context, out, progress io.Writer) error {
	world, err := load.ReadWorld(f.world)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%w; make one with tael bench --fill", err)
	}
	if err != nil {
		return err
	}
	debug.SetGCPercent(gcPercent) // what makes load shall take little of the machine
	report, err := load.Run(ctx, load.Options{
		Endpoints: f.endpoints, World: world, Work: f.work, Page: f.page, Busiest: f.busiest,
		Clients: f.clients, Rate: f.rate,
		Operator: load.Key{ID: os.Getenv("TAEL_OPERATOR_SECRET_ID"), Secret: os.Getenv("TAEL_OPERATOR_SECRET_KEY")},
		Warm:     f.warm, Duration: f.duration, Seed: f.seed,
		Progress: func(r load.Report) { fmt.Fprintf(progress, "\r\x1b[K%s", r) },
	})
	fmt.Fprint(progress, "\r\x1b[K")
	if report.Requests > 0 {
		if problem := f.print(out, report); problem != nil {
			return errors.Join(err, problem)
		}
	}
	if err == nil {
		fmt.Fprintln(progress, "the balances are those that the answers add up to")
	}
	return err
}

func (f *benchFlags) print(out io.Writer, r load.Report) error {
	if f.json == "" {
		_, err := fmt.Fprintln(out, r)
		return err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if f.json == "-" {
		_, err = fmt.Fprintf(out, "%s\n", text)
		return err
	}
	return os.WriteFile(f.json, append(text, '\n'), 0o644)
}
