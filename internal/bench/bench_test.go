package main

import (
	"strings"
	"testing"

	"tael/internal/money"
)

func TestFiguresOfARunWithRefusalsAreNotTaken(t *testing.T) {
	t.Parallel()
	const head = "Running 5s test\n"
	for output, want := range map[string]string{
		head + "\nfigures 1000 300000 500000 1500 6000 0 0\nrefusal \n":            "",
		head + "\nfigures 1000 300000 500000 1500 6000 3 0\nrefusal \n":            "3 requests were not answered",
		head + "\nfigures 1000 300000 500000 1500 6000 0 7\nrefusal {\"Error\"}\n": "7 of 1000 answers are no successes",
		head + "\nfigures 0 0 500000 0 0 0 0\nrefusal \n":                          "no request was answered",
		head: "wrk printed no figures",
	} {
		m, err := readFigures(output)
		if want == "" {
			if got := (measurement{PerSecond: 2000, Requests: 1000, Bytes: 300_000, P50: 1.5, P99: 6}); err != nil || m != got {
				t.Errorf("%q: %+v, %v", output, m, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", output, err, want)
		}
	}
}

func TestCreditRisesByWhatWasAnswered(t *testing.T) {
	t.Parallel()
	for risen, fits := range map[money.Amount]bool{
		1999: false, 2000: true, 2000 + 2*clients: true, 2001 + 2*clients: false,
	} {
		if err := checkCredit(risen, 2, 1000); (err == nil) != fits {
			t.Errorf("risen by %d: %v", risen, err)
		}
	}
}

func TestAnswersOfAnotherLengthAreRefusals(t *testing.T) {
	t.Parallel()
	warm := measurement{Requests: 10, Bytes: 3000}
	for bytes, fits := range map[int64]bool{299_999: false, 300_000: true, 300_000 + 300*clients + 1: false} {
		if err := checkBytes(warm, measurement{Requests: 1000, Bytes: bytes}); (err == nil) != fits {
			t.Errorf("%d bytes: %v", bytes, err)
		}
	}
}
