package store

import (
	"sync"

	"tael/internal/audit"
	"tael/internal/ledger"
)

// remembered is what a batch left behind of its tree: the next one can begin with
// it instead of asking the database. It is never believed: what such a batch
// writes has to find the tree at the very batch that is remembered (see
// advanceTree), and whoever writes to a tree makes that another one.
type remembered struct {
	root      int64
	batch     int64 // number of the last batch
	tree      ledger.Tree
	audit     audit.Link
	partners  map[int64]ledger.Partner
	customers map[int64]ledger.Customer
	// alone is how many batches came one after the other without anybody else's
	// between them, and enough how many have to before the next relies on it.
	alone  int
	enough trust
}

// trust is how many batches have to come without anybody else's between them before
// one relies on what is remembered. Where several processes write to a tree, most
// would do so in vain: each that does doubles it, each that does not takes one off.
type trust int

func (t *trust) learn(inVain bool) {
	if inVain {
		*t = min(2*max(*t, 1), trustMax)
	} else {
		*t = max(*t-1, 1)
	}
}

const (
	trustMax = 16
	// rowsOfTree and rowsOfAll bound what is remembered; a row takes some 200 bytes, and
	// a tree as much as rowsAlone besides: its maps have room for that many from the start.
	rowsOfTree = 4096
	rowsOfAll  = 1 << 16
	rowsAlone  = 8
)

func (m *remembered) rows() int { return rowsAlone + len(m.partners) + len(m.customers) }

// serves reports whether a batch can begin with what is remembered. That is where
// it needs partners and customers alone, of those that are there, and time has not
// changed what they have in vouchers. elsewhere is what other trees teach of trust;
// now is in Unix milliseconds.
func (m *remembered) serves(r *BatchRequest, elsewhere trust, now int64) bool {
	n := &r.Needs
	others := len(n.Wallets) + len(n.Issuers) + len(n.Vouchers) + len(n.Charges) + len(n.Refunds) + len(n.Quotas)
	if r.Fresh || m.alone < int(max(m.enough, elsewhere)) || others > 0 {
		return false
	}
	now = max(now, m.tree.LastAt) // as that of the batch
	for uin := range n.Partners {
		if _, ok := m.partners[uin]; !ok {
			return false
		}
	}
	for uin := range n.Customers {
		if c, ok := m.customers[uin]; !ok || c.Vouchers.StaleAt(now) {
			return false
		}
	}
	return true
}

// forget is for when the tree may be another.
func (m *remembered) forget() { *m = remembered{root: m.root, enough: m.enough} }

// keep adds what a batch leaves, which it has just written.
func (m *remembered) keep(b *Batch) {
	m.batch, m.tree, m.audit = b.number, b.changes.Tree, b.auditEnd
	m.alone++
	if m.rows() > rowsOfTree {
		m.partners, m.customers = nil, nil
	}
	if m.partners == nil {
		m.partners, m.customers = map[int64]ledger.Partner{}, map[int64]ledger.Customer{}
	}
	for _, uin := range b.changes.Unbound {
		delete(m.customers, uin)
	}
	for p := range b.State.Partners() {
		m.partners[p.Uin] = p
	}
	for c := range b.State.Customers() {
		m.customers[c.Uin] = c
	}
}

// memory is what is remembered of trees, of as many as there is room for.
type memory struct {
	mu     sync.Mutex
	trees  map[int64]*remembered
	rows   int   // of all of them
	enough trust // in any of them
}

// take returns what is remembered of a tree, and what is enough for any. Until it is
// put back, nobody else gets it.
func (m *memory) take(root int64) (left *remembered, enough trust) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if left = m.remove(root); left == nil {
		left = &remembered{root: root, enough: 1}
	}
	return left, m.enough
}

// learn is told by each batch that has relied on what is remembered of its tree.
func (m *memory) learn(left *remembered, inVain bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	left.enough.learn(inVain)
	m.enough.learn(inVain)
}

// clear forgets all trees. A new connection may be to a server that was set back to
// before one of them was made, which no write would notice.
func (m *memory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.trees, m.rows = nil, 0
}

func (m *memory) remove(root int64) *remembered {
	left := m.trees[root]
	if left != nil {
		delete(m.trees, root)
		m.rows -= left.rows()
	}
	return left
}

// put remembers what a batch left, unless a later one was faster.
func (m *memory) put(left *remembered) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if other := m.trees[left.root]; other != nil && other.batch > left.batch {
		return
	}
	m.remove(left.root)
	for other := range m.trees { // whichever comes first
		if m.rows+left.rows() <= rowsOfAll {
			break
		}
		m.remove(other)
	}
	if m.trees == nil {
		m.trees = map[int64]*remembered{}
	}
	m.trees[left.root] = left
	m.rows += left.rows()
}
