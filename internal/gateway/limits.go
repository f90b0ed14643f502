package gateway

import (
	"hash/maphash"
	"sync"
)

// limitKey is what a rate limit counts: the calls of one action by one
// account.
type limitKey struct {
	account int64
	action  string
}

// limiter counts requests in fixed windows of one second, in this process. It
// holds no more than the keys of the last second in which each shard was used.
type limiter struct {
	seed   maphash.Seed
	shards [64]limitShard
}

type limitShard struct {
	mu     sync.Mutex
	second int64
	counts map[limitKey]int
	_      [40]byte // a shard fills a cache line of 64 bytes
}

// limitKeysKept is the number of keys a shard may have held for its map to be
// used again in the next second.
const limitKeysKept = 1024

func newLimiter() *limiter {
	l := &limiter{seed: maphash.MakeSeed()}
	for i := range l.shards {
		l.shards[i].counts = make(map[limitKey]int)
	}
	return l
}

// allow counts a request that arrived in the Unix second given and says whether
// it is among the first limit of that second. The count goes on past the limit.
//
// Of two requests that meet at the turn of a second the earlier may come here
// last; it then counts in the new one. A clock set back further starts afresh.
func (l *limiter) allow(key limitKey, limit int, second int64) (count int, ok bool) {
	s := &l.shards[maphash.Comparable(l.seed, key)%uint64(len(l.shards))]
	s.mu.Lock()
	defer s.mu.Unlock()
	if second != s.second && second != s.second-1 {
		s.second = second
		if len(s.counts) > limitKeysKept {
			s.counts = make(map[limitKey]int)
		}
		clear(s.counts)
	}
	count = s.counts[key] + 1
	s.counts[key] = count
	return count, count <= limit
}
