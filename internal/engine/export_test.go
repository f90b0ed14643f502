package engine

// Limits that tests reach.
const (
	QueueMax  = queueMax
	DoubtWait = doubtWait
)

// Crowd lets requests wait in a tree's queue that nobody asks for any more.
func (e *Engine) Crowd(root int64, count int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for range count {
		it := &item{}
		it.stage.Store(dropped)
		e.trees[root].waiting = append(e.trees[root].waiting, it)
	}
}

// Waiting is how many requests of a tree are queued, dropped ones included.
func (e *Engine) Waiting(root int64) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if q := e.trees[root]; q != nil {
		return len(q.waiting)
	}
	return 0
}
