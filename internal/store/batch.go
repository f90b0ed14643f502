package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tael/internal/audit"
	"tael/internal/ledger"
)

// BatchRequest says what a batch of one tree is going to need.
type BatchRequest struct {
	Root   int64
	Create bool // make the tree when there is none
	Needs  ledger.Needs
	Keys   []IdempotencyKey
	// Fresh asks the tree, whatever is remembered of it: where claims will be made,
	// because those lock rows of the directory, which come after the tree's; and to
	// refuse what was only refused by memory.
	Fresh bool
	// Now is asked once the tree is locked, or before the batch begins with what is
	// remembered; Unix milliseconds.
	Now func() int64
}

// Batch is a transaction on one tree. It holds the tree's lock, or it began with
// what the batch before it left: then it is committed only if nobody has written to
// the tree since.
type Batch struct {
	State   *ledger.State
	Answers map[IdempotencyKey]Answer // recorded and not yet expired

	store  *Store
	tx     transaction
	root   int64
	number int64
	ticket Ticket
	calls  []audit.Event
	audit  audit.Link // where the chain of the tree's writes ends
	ended  bool
	behind bool // more vouchers have expired than one batch returns

	memory   *remembered // of the tree at the batch before this one
	recalled bool        // the batch began with it
	changes  ledger.Changes
	auditEnd audit.Link // with the batch's own calls
}

// Claim is a change of the directory that a command depends on: it must affect
// a row, else the command is refused with Refusal. Undo takes it back where
// the command is refused for another reason; without one it stays, in a batch
// that is committed for the sake of others. Then are changes that go with it,
// whether or not they affect rows; nothing takes them back.
type Claim struct {
	Do      Statement
	Then    []Statement
	Undo    Statement
	Refusal error
	// Object is what it changes, as the audit names it, "key:AKID…"; empty where
	// the command says that.
	Object string
}

// purgeMax is how many expired answers a batch deletes at most: more than it
// adds, and few enough not to keep others from the database.
const purgeMax = 500

// Begin locks a tree and reads what a batch needs of it. The lock comes first
// and the reads are statements of their own, so that they see everything that
// whoever held the lock before has committed. ErrNotFound: no such tree.
func (s *Store) Begin(ctx context.Context, r BatchRequest) (*Batch, error) {
	for {
		b, err := s.begin(ctx, r)
		if err != nil || !b.behind {
			return b, err
		}
		// Many vouchers expired at once. They are returned a batch's worth at a
		// time, so that no transaction grows with them.
		if err := b.Commit(nil); err != nil {
			b.Rollback()
			// Whether or not it was committed, no command was executed: not in doubt.
			return nil, fmt.Errorf("%w: returning expired vouchers: %s", ErrUnavailable, err.Error())
		}
	}
}

func (s *Store) begin(ctx context.Context, r BatchRequest) (*Batch, error) {
	tx, err := s.beginTransaction(ctx)
	if err != nil {
		return nil, err
	}
	left, enough := s.memory.take(r.Root)
	b := &Batch{store: s, tx: tx, root: r.Root, Answers: map[IdempotencyKey]Answer{}, memory: left}
	if now := r.Now(); left.serves(&r, enough, now) {
		b.recall(&r.Needs, now)
		return b, nil
	}
	opened := false
	defer func() { // also when a damaged row panics
		if !opened {
			b.Rollback()
		}
	}()
	if err := b.open(r); err != nil {
		return nil, err
	}
	opened = true
	return b, nil
}

// recall begins a batch with what is remembered.
func (b *Batch) recall(n *ledger.Needs, now int64) {
	b.recalled = true
	b.number, b.audit = b.memory.batch+1, b.memory.audit
	b.State = ledger.NewState(b.memory.tree, b.store.settings, now)
	for uin := range n.Partners {
		b.State.LoadPartner(b.memory.partners[uin])
	}
	for uin := range n.Customers {
		b.State.LoadCustomer(b.memory.customers[uin])
	}
}

// Recalled reports whether the batch began with what the one before it left. What
// it refuses may be fine by now: only Commit finds out whether the tree is still
// as it was.
func (b *Batch) Recalled() bool { return b.recalled }

func (b *Batch) open(r BatchRequest) error {
	var statements []Statement
	if r.Create {
		statements = append(statements, insertTree(r.Root))
	}
	lock := len(statements)
	statements = append(statements, lockTree(r.Root))
	asked := r.Now()
	reads := b.reads(r.Needs, asked)
	for i := range reads {
		statements = append(statements, reads[i].Statement)
	}
	for _, key := range r.Keys {
		statements = append(statements, selectAnswer(r.Root, key))
	}
	results, err := b.tx.run(statements...)
	if err != nil {
		return err
	}
	if len(results[lock]) == 0 {
		return fmt.Errorf("tree %d: %w", r.Root, ErrNotFound)
	}
	number, tree := treeOf(results[lock][0])
	b.number, b.audit = number, auditOf(results[lock][0])
	if b.memory.batch+1 != number || b.memory.tree.Head != tree.Head || b.memory.audit != b.audit {
		b.memory.forget() // somebody else has been at the tree
	}
	// Not before asked, even if the clock went back while the lock was waited
	// for: wallets were read for that time.
	b.State = ledger.NewState(tree, b.store.settings, max(asked, r.Now()))
	results = results[lock+1:]
	for i := range reads {
		if err := reads[i].into(results[i]); err != nil {
			return err
		}
	}
	if err := b.refreshVouchers(); err != nil {
		return err
	}
	if err := b.returnExpired(sorted(r.Needs.Quotas)); err != nil {
		return err
	}
	return b.loadAnswers(r.Keys, results[len(reads):])
}

// refreshVouchers sums the vouchers of customers whose sums time has changed.
func (b *Batch) refreshVouchers() error {
	stale := b.State.Stale()
	if len(stale) == 0 {
		return nil
	}
	statements := make([]Statement, len(stale))
	for i, uin := range stale {
		statements[i] = selectLiveVouchers(b.root, uin, b.State.Now)
	}
	results, err := b.tx.run(statements...)
	if err != nil {
		return err
	}
	for i, uin := range stale {
		b.State.RefreshVouchers(uin, vouchersOf(results[i]))
	}
	return nil
}

// returnedMax is how many expired vouchers a batch returns beside its commands.
const returnedMax = 100

// returnExpired gives what is left on the expired vouchers of partners back to
// their quotas, where the settings say so.
func (b *Batch) returnExpired(partners []int64) error {
	if !b.store.settings.ExpiredReturn || len(partners) == 0 {
		return nil
	}
	statements := make([]Statement, len(partners))
	for i, uin := range partners {
		statements[i] = selectExpiredVouchers(b.root, uin, b.State.Now, returnedMax)
	}
	results, err := b.tx.run(statements...)
	if err != nil {
		return err
	}
	for _, rows := range results {
		b.behind = b.behind || len(rows) == returnedMax
		if err := b.State.ReturnExpired(vouchersOf(rows)); err != nil {
			return err
		}
	}
	return nil
}

func (b *Batch) loadAnswers(keys []IdempotencyKey, results [][]Row) error {
	for i, key := range keys {
		if len(results[i]) == 0 || results[i][0].Int(3) <= b.State.Now {
			continue
		}
		answer, err := b.store.answerOf(b.root, key, results[i][0])
		if err != nil {
			return err
		}
		b.Answers[key] = answer
	}
	return nil
}

// Claim makes the directory changes that one command depends on, all or none.
// The refusal is that of the first claim that affects no row; err is a failure
// of the database.
func (b *Batch) Claim(claims []Claim) (refusal, err error) {
	if b.recalled && len(claims) > 0 {
		return nil, errors.New("a batch that makes claims has to be a fresh one")
	}
	for i := range claims {
		results, err := b.tx.run(claims[i].Do)
		if err != nil {
			return nil, err
		}
		if len(results[0]) == 0 {
			return claims[i].Refusal, b.Unclaim(claims[:i])
		}
		if len(claims[i].Then) > 0 {
			if _, err := b.tx.run(claims[i].Then...); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

// Unclaim takes the changes of Claim back.
func (b *Batch) Unclaim(claims []Claim) error {
	for _, claim := range slices.Backward(claims) {
		if claim.Undo.SQL == "" {
			continue
		}
		if _, err := b.tx.run(claim.Undo); err != nil {
			return err
		}
	}
	return nil
}

// Record adds a call that changed something to what Commit writes; its tree is
// the batch's.
func (b *Batch) Record(call audit.Event) {
	call.Root = b.root
	b.calls = append(b.calls, call)
}

// Commit writes what the batch's state has become and makes it durable, with
// new answers to record. After ErrInDoubt, Committed tells what happened. ErrOutdated
// comes where the tree is not as it was remembered: the next batch reads it.
func (b *Batch) Commit(answers map[IdempotencyKey]Answer) error {
	statements, err := b.writes(answers)
	if err != nil {
		return err
	}
	b.ended = true
	defer b.store.memory.put(b.memory)
	if err = b.tx.commit(statements...); err == nil {
		b.memory.keep(b)
	} else {
		b.memory.forget()
		b.ticket.late = b.recalled && errors.Is(err, errUnanswered)
	}
	if !b.recalled || errors.Is(err, ErrInDoubt) || errors.Is(err, ErrUnavailable) {
		return err
	}
	b.store.memory.learn(b.memory, err != nil)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrOutdated, err)
	}
	return nil
}

// Rollback ends a batch that was not committed without a trace; after Commit it
// does nothing.
func (b *Batch) Rollback() {
	if !b.ended {
		b.ended = true
		b.tx.rollback()
		b.store.memory.put(b.memory) // nothing has changed
	}
}

func (b *Batch) writes(answers map[IdempotencyKey]Answer) ([]Statement, error) {
	b.changes = b.State.Changes()
	changes := &b.changes
	changes.Chain(b.store.chainKey)
	marks, err := b.marks(changes)
	if err != nil {
		return nil, err
	}
	var pages []audit.Page
	pages, b.auditEnd = sealed(b.store.auditKey, audit.Writes, audit.Pages(b.calls), b.audit)
	tree := updateTree(&changes.Tree, b.auditEnd)
	if b.recalled {
		tree = advanceTree(&changes.Tree, b.auditEnd, b.memory)
	}
	statements := slices.Concat([]Statement{tree}, b.sign(changes), marks,
		memberWrites(b.root, changes, b.State.Now))
	for i := range changes.NewVouchers {
		statements = append(statements, insertVoucher(b.root, &changes.NewVouchers[i]))
	}
	for i := range changes.Vouchers {
		statements = append(statements, updateVoucher(b.root, &changes.Vouchers[i]))
	}
	for i := range changes.NewCharges {
		statement, err := insertCharge(b.root, &changes.NewCharges[i])
		if err != nil {
			return nil, err
		}
		statements = append(statements, statement)
	}
	for i := range changes.Charges {
		statements = append(statements, updateCharge(b.root, &changes.Charges[i]))
	}
	for i := range changes.NewRefunds {
		statements = append(statements, insertRefund(b.root, &changes.NewRefunds[i]))
	}
	for i := range changes.Transfers {
		statements = append(statements, insertTransfer(b.root, &changes.Transfers[i]))
	}
	for i := range pages {
		statements = append(statements, insertPage(audit.Writes, &pages[i]))
	}
	for i := range changes.Warnings {
		messages, err := b.warn(&changes.Warnings[i])
		if err != nil {
			return nil, err
		}
		statements = append(statements, messages...)
	}
	recorded, err := b.answerWrites(answers)
	return append(statements, recorded...), err
}

// memberWrites are what becomes of partners and customers.
func memberWrites(root int64, changes *ledger.Changes, now int64) (statements []Statement) {
	for i := range changes.NewPartners {
		statements = append(statements, insertPartner(root, &changes.NewPartners[i], now))
	}
	for i := range changes.Partners {
		statements = append(statements, updatePartner(root, &changes.Partners[i]))
	}
	for _, uin := range changes.Unbound { // first: the account may be a customer again
		statements = append(statements, removeCustomer(root, uin)...)
	}
	for i := range changes.NewCustomers {
		c := &changes.NewCustomers[i]
		statements = append(statements, insertCustomer(root, c, now))
		if c.Warned != (ledger.Warned{}) {
			statements = append(statements, updateWarned(root, c.Uin, c.Warned))
		}
	}
	for i := range changes.Customers {
		c := &changes.Customers[i]
		statements = append(statements, updateCustomer(root, c))
		statements = append(statements, updateMembership(root, c, now)...)
		if c.WarnedChanged {
			statements = append(statements, updateWarned(root, c.Uin, c.Warned))
		}
	}
	return statements
}
