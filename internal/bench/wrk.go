package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// clients is how many connections send requests, each the next one as soon as
// the last is answered.
const clients = 64

// wrkSlack is how much longer than its run wrk may take.
const wrkSlack = 20 * time.Second

// findWrk says how to get wrk where it is missing.
func findWrk() error {
	if _, err := exec.LookPath("wrk"); err != nil {
		return errors.New("wrk, which makes the load, is not installed; Debian's package is wrk: apt-get install wrk")
	}
	return nil
}

// measurement is what was seen in one run, nearly all of it by wrk.
type measurement struct {
	PerSecond float64 `json:"per_second"`
	Requests  int64   `json:"requests"`
	Bytes     int64   `json:"bytes"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
	// CPU is the server's processor time per request in microseconds, its start
	// and the warm-up included: on a busy machine it varies less than the rate.
	CPU float64 `json:"cpu_us_per_request"`
}

// script sends one fixed request and prints wrk's figures in one line that is
// easily read. wrk formats the request once, because there is no function for it.
const script = `wrk.method = "POST"
wrk.body = %q
%s
local threads = {}
function setup(thread) table.insert(threads, thread) end
function done(summary, latency, requests)
  local e = summary.errors
  local refused, refusal = 0, ""
  for _, thread in ipairs(threads) do
    refused = refused + (thread:get("refused") or 0)
    refusal = thread:get("refusal") or refusal
  end
  local lost = e.connect + e.read + e.write + e.status + e.timeout
  io.write(string.format("\nfigures %%d %%d %%d %%d %%d %%d %%d\nrefusal %%s\n", summary.requests, summary.bytes,
    summary.duration, latency:percentile(50), latency:percentile(99), lost, refused, refusal))
end
`

// different sends each of many requests once, from a file that has them as they
// go over the wire, each behind a line with its length. Should they run out, that
// counts as a refusal.
const different = `local requests, sent = {}, 0
refused = 0
function init(args)
  local file = assert(io.open(%q, "rb"))
  while true do
    local length = file:read("*l")
    if not length then break end
    table.insert(requests, file:read(tonumber(length)))
  end
end
function request()
  sent = sent + 1
  if sent > #requests then
    refused = refused + 1
    refusal = "all requests were sent"
    return requests[#requests]
  end
  return requests[sent]
end
`

// inspection looks at every answer, which slows wrk down.
const inspection = `refused = 0
function response(status, headers, body)
  if status ~= 200 or body:find('"Error"', 1, true) or not body:find('"RequestId"', 1, true) then
    refused = refused + 1
    refusal = body
  end
end
`

// runWrk puts a server under load for a time. With inspect it looks at every
// answer; it fails where one was lost or, as far as it looks, is no success.
func runWrk(
	ctx context.Context, folder string, r signedRequest, duration time.Duration, inspect bool,
) (measurement, error) {
	return runScript(ctx, folder, luaOf(r, inspect), r.address, duration)
}

// runWrkOnce puts a server under load with requests that are each sent once.
func runWrkOnce(
	ctx context.Context, folder, address string, requests []signedRequest, duration time.Duration,
) (measurement, error) {
	path := filepath.Join(folder, "requests")
	if err := writeRequests(path, requests); err != nil {
		return measurement{}, err
	}
	return runScript(ctx, folder, fmt.Sprintf(script, "", "")+fmt.Sprintf(different, path), address, duration)
}

func writeRequests(path string, requests []signedRequest) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	out := bufio.NewWriter(file)
	for _, r := range requests {
		var text strings.Builder
		fmt.Fprintf(&text, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", r.address, len(r.body))
		for name := range r.header {
			fmt.Fprintf(&text, "%s: %s\r\n", name, r.header.Get(name))
		}
		fmt.Fprintf(&text, "\r\n%s", r.body)
		if _, err := fmt.Fprintf(out, "%d\n%s", text.Len(), text.String()); err != nil {
			return err
		}
	}
	return out.Flush()
}

func runScript(
	ctx context.Context, folder, lua, address string, duration time.Duration,
) (measurement, error) {
	ctx, cancel := context.WithTimeout(ctx, duration+wrkSlack)
	defer cancel()
	path := filepath.Join(folder, "request.lua")
	if err := os.WriteFile(path, []byte(lua), 0o600); err != nil {
		return measurement{}, err
	}
	command := exec.CommandContext(ctx, "wrk", "-t1", fmt.Sprintf("-c%d", clients),
		fmt.Sprintf("-d%ds", int(duration.Seconds())), "--timeout", "10s", "-s", path, "http://"+address+"/")
	command.WaitDelay = time.Second
	output, err := command.CombinedOutput()
	if err != nil {
		return measurement{}, fmt.Errorf("wrk: %w\n%s", err, output)
	}
	return readFigures(string(output))
}

func luaOf(r signedRequest, inspect bool) string {
	var headers strings.Builder
	fmt.Fprintf(&headers, "wrk.headers[\"Host\"] = %q\n", r.address)
	for _, name := range slices.Sorted(maps.Keys(r.header)) {
		fmt.Fprintf(&headers, "wrk.headers[%q] = %q\n", name, r.header.Get(name))
	}
	text := fmt.Sprintf(script, r.body, headers.String())
	if inspect {
		text += inspection
	}
	return text
}

func readFigures(output string) (measurement, error) {
	_, line, found := strings.Cut(output, "\nfigures ")
	if !found {
		return measurement{}, fmt.Errorf("wrk printed no figures:\n%s", output)
	}
	var m measurement
	var microseconds, p50, p99, lost, refused int64
	_, err := fmt.Sscan(line, &m.Requests, &m.Bytes, &microseconds, &p50, &p99, &lost, &refused)
	switch {
	case err != nil:
		return m, fmt.Errorf("wrk printed %q: %w", line, err)
	case lost > 0:
		return m, fmt.Errorf("%d requests were not answered", lost)
	case refused > 0:
		_, refusal, _ := strings.Cut(line, "\nrefusal ")
		return m, fmt.Errorf("%d of %d answers are no successes, the last of them %s", refused, m.Requests,
			strings.TrimSpace(refusal))
	case m.Requests == 0:
		return m, errors.New("no request was answered")
	}
	m.PerSecond = float64(m.Requests) / (float64(microseconds) / 1e6)
	m.P50, m.P99 = float64(p50)/1e3, float64(p99)/1e3
	return m, nil
}
