package store

// PostgresConfig is how an address is understood.
var PostgresConfig = postgresConfig

// Waiting is how many partners of a tree are asked for by reads that wait for the
// next query.
func (s *Store) Waiting(root int64) int {
	s.partners.mu.Lock()
	defer s.partners.mu.Unlock()
	waiting := 0
	if g := s.partners.groups[root]; g != nil {
		for _, query := range g.waiting {
			waiting += len(query.keys)
		}
	}
	return waiting
}

// Summary is what a span of a statement is named.
var Summary = summary
