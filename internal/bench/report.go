package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"tael/internal/clock"
)

// noisy is the spread from which on the runs of a side say little.
const noisy = 0.20

// report is everything that was measured.
type report struct {
	Go          string   `json:"go"`
	System      string   `json:"system"`
	Cores       int      `json:"cores"`
	Wrk         string   `json:"wrk"`
	Load        string   `json:"load"`
	Sync        float64  `json:"fsync_ms"`
	Duration    float64  `json:"seconds_per_run"`
	Comparisons []result `json:"comparisons"`
}

func measureMachine(ctx context.Context, b *bench) (report, error) {
	sync, err := syncTime(b.folder)
	banner, _ := exec.CommandContext(ctx, "wrk", "-v").Output() // it exits with 1
	wrk, _, _ := strings.Cut(string(banner), " [")
	return report{
		Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(), Wrk: wrk,
		Load: fmt.Sprintf("wrk -t1 -c%d", clients), Sync: sync, Duration: b.duration.Seconds(),
	}, err
}

// syncTime is the median time in milliseconds that a small write to the
// database's folder takes to become durable: what one transaction at a time
// cannot get below.
func syncTime(folder string) (float64, error) {
	file, err := os.Create(filepath.Join(folder, "sync"))
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }() // holds nothing of worth
	block := make([]byte, 4096)
	times := make([]float64, 41)
	c := new(clock.Clock)
	for i := range times {
		started := c.Real()
		if _, err := file.Write(block); err != nil {
			return 0, err
		}
		if err := file.Sync(); err != nil {
			return 0, err
		}
		times[i] = c.Real().Sub(started).Seconds() * 1e3
	}
	return median(times), nil
}

func printMachine(out io.Writer, r report) {
	fmt.Fprintf(out, "%s %s, %d cores for server and load together, %s with %d clients, %s a run, fsync %.2f ms\n",
		r.Go, r.System, r.Cores, r.Wrk, clients, time.Duration(r.Duration*float64(time.Second)), r.Sync)
}

func printResult(out io.Writer, r result) {
	fmt.Fprintf(out, "\n%s: %s\n", r.Name, r.About)
	fmt.Fprintf(out, "  %-26s %10s %8s %9s %9s %8s   %s\n",
		"", "median/s", "spread", "p50 ms", "p99 ms", "CPU µs", "runs/s")
	for i := range r.Sides {
		printSide(out, &r.Sides[i])
	}
	verdict := "reached"
	if !r.Figure.reached(r.Ratio, r.Goal) {
		verdict = "MISSED"
	}
	sign := "≥"
	if r.Figure != throughput {
		sign = "≤"
	}
	fmt.Fprintf(out, "  ratio of %s %.2f (rounds %.2f to %.2f), goal %s %g: %s\n",
		r.Figure, r.Ratio, slices.Min(r.Rounds), slices.Max(r.Rounds), sign, r.Goal, verdict)
	for _, s := range r.Sides[2:] {
		fmt.Fprintf(out, "  %s ÷ %s: %.2f\n", s.Name, r.Sides[1].Name, s.Median/r.Sides[1].Median)
	}
	for _, s := range r.Sides {
		if s.Spread > noisy {
			fmt.Fprintf(out, "  NOISY: the runs of %s vary by %.0f %%; repeat on a quiet machine\n", s.Name, 100*s.Spread)
		}
	}
}

// printSide prints one side; latencies and processor time per request are the
// medians of its runs'.
func printSide(out io.Writer, f *figures) {
	var p50, p99, cpu []float64
	var rates []float64
	var runs []string
	for _, m := range f.Runs {
		p50, p99, cpu = append(p50, m.P50), append(p99, m.P99), append(cpu, m.CPU)
		rates = append(rates, m.PerSecond)
		runs = append(runs, fmt.Sprintf("%.0f", m.PerSecond))
	}
	fmt.Fprintf(out, "  %-26s %10.0f %6.0f %% %9.3f %9.2f %8.1f   %s\n",
		f.Name, median(rates), 100*f.Spread, median(p50), median(p99), median(cpu), strings.Join(runs, " "))
}

func writeJSON(path string, r report) error {
	if path == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
