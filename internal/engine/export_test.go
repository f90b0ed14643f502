package engine

// Limits that tests reach.
const (
	QueueMax  = queueMax
	DoubtWait = doubtWait
)

// Waiting is how many requests of a tree are queued, dropped ones included.
func (e *Engine) Waiting(root int64) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	if q := e.trees[root]; q != nil {
		return len(q.waiting)
	}
	return 0
}
