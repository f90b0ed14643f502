package gateway

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

const limitTestSecond = 1_795_308_970

func TestLimiterCountsTheSecond(t *testing.T) {
	t.Parallel()
	l := newLimiter()
	a, b := limitKey{1, "QueryPartnerCredit"}, limitKey{1, "QueryCreditByUinList"}
	for _, step := range []struct {
		key    limitKey
		second int64 // after limitTestSecond
		count  int
		ok     bool
	}{
		{a, 0, 1, true},
		{a, 0, 2, true},
		{a, 0, 3, false},
		{a, 0, 4, false},
		{b, 0, 1, true},
		{limitKey{2, a.action}, 0, 1, true},
		{a, 1, 1, true},
		{a, 0, 2, true}, // a latecomer
		{a, 1, 3, false},
		{a, 3, 1, true},
		{a, -3600, 1, true}, // the clock was set back
		{a, -3600, 2, true},
		{a, -3600, 3, false},
	} {
		count, ok := l.allow(step.key, 2, limitTestSecond+step.second)
		if count != step.count || ok != step.ok {
			t.Fatalf("%+v: counted %d, %t", step, count, ok)
		}
	}
}

func TestLimiterAdmitsExactlyTheLimit(t *testing.T) {
	t.Parallel()
	l := newLimiter()
	var admitted atomic.Int64
	var group sync.WaitGroup
	for range 64 {
		group.Go(func() {
			for range 100 {
				if _, ok := l.allow(limitKey{1, "A"}, 500, limitTestSecond); ok {
					admitted.Add(1)
				}
			}
		})
	}
	group.Wait()
	if got := admitted.Load(); got != 500 {
		t.Errorf("%d admitted; want 500", got)
	}
}

func TestLimiterForgetsPastSeconds(t *testing.T) {
	t.Parallel()
	l := newLimiter()
	for second := range int64(3) {
		for account := range int64(100_000) {
			l.allow(limitKey{account, "A"}, 1, limitTestSecond+second)
		}
	}
	for account := range int64(100_000) {
		l.allow(limitKey{account % 200, "A"}, 1, limitTestSecond+3)
	}
	held := 0
	for i := range l.shards {
		held += len(l.shards[i].counts)
	}
	if held > 200+len(l.shards)*limitKeysKept {
		t.Errorf("%d keys held", held)
	}
}

// The usual case is the worst one: all traffic is one partner's.
func BenchmarkLimiter(b *testing.B) {
	for name, accounts := range map[string]int{"one account": 1, "1000 accounts": 1000} {
		b.Run(name, func(b *testing.B) {
			l := newLimiter()
			b.SetParallelism(64)
			b.ReportAllocs()
			var workers atomic.Int64
			b.RunParallel(func(pb *testing.PB) {
				key := limitKey{workers.Add(1) % int64(accounts), "QueryPartnerCredit"}
				for i := int64(0); pb.Next(); i++ {
					l.allow(key, 5, limitTestSecond+i/100_000)
				}
			})
		})
	}
	b.Run("many actions", func(b *testing.B) {
		l := newLimiter()
		var workers atomic.Int64
		b.RunParallel(func(pb *testing.PB) {
			key := limitKey{1, "Action" + strconv.Itoa(int(workers.Add(1)%46))}
			for pb.Next() {
				l.allow(key, 5, limitTestSecond)
			}
		})
	})
}
