package audit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"net/netip"

	"tael/internal/ledger"
)

// Writer names one of a tree's chains. The numbers are stored: never change one.
type Writer int64

// The writers.
const (
	Writes Writer = iota // the tree's batches: what changed something
	Calls                // everything else, of all servers
)

// Writers are all of them.
var Writers = [...]Writer{Writes, Calls}

// Chain names a chain.
type Chain struct {
	Root   int64
	Writer Writer
}

// Link is a place in a chain: that of a page. The zero value is before the first.
type Link struct {
	Sequence int64
	Hash     [32]byte
}

// Key derives the key of the audit's chains from that of the transfers'.
func Key(chainKey []byte) []byte {
	mac := hmac.New(sha256.New, chainKey)
	mac.Write([]byte("audit"))
	return mac.Sum(nil)
}

// Seal puts a page behind a link of its chain and returns the link it makes:
// HMAC-SHA-256 over the hash before it and every stored field, in a form that no
// two different pages share.
func (p *Page) Seal(key []byte, w Writer, previous Link) Link {
	p.Sequence = previous.Sequence + 1
	p.Hash = p.hash(key, w, previous.Hash)
	return Link{p.Sequence, p.Hash}
}

func (p *Page) hash(key []byte, w Writer, previous [32]byte) [32]byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(previous[:])
	number := make([]byte, 8)
	for _, n := range [...]int64{p.Root, int64(w), p.Sequence, p.Second, p.Account, p.User} {
		mac.Write(binary.BigEndian.AppendUint64(number[:0], uint64(n)))
	}
	for _, text := range [...]string{p.SecretID, p.AddressText(), p.Events} {
		mac.Write(binary.BigEndian.AppendUint64(number[:0], uint64(len(text))))
		mac.Write([]byte(text))
	}
	return [32]byte(mac.Sum(nil))
}

// AddressText is the caller's address as it is stored; empty where unknown.
func (c *Caller) AddressText() string { return addressText(c.Address) }

func addressText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// SealCut seals where a chain begins whose older pages were removed on purpose:
// nobody else can make a chain begin later.
func SealCut(key []byte, c Chain, cut Link) [32]byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte("cut"))
	number := make([]byte, 8)
	for _, n := range [...]int64{c.Root, int64(c.Writer), cut.Sequence} {
		mac.Write(binary.BigEndian.AppendUint64(number[:0], uint64(n)))
	}
	mac.Write(cut.Hash[:])
	return [32]byte(mac.Sum(nil))
}

// Proof goes through a chain page by page. Its errors wrap ledger.ErrBroken.
type Proof struct {
	Chain
	Link // as far as it is proved

	key []byte
}

// Prove begins at the chain's start or, where older pages were removed on
// purpose, at the cut, which seal has to fit.
func Prove(key []byte, c Chain, cut Link, seal []byte) (*Proof, error) {
	if cut != (Link{}) {
		want := SealCut(key, c, cut)
		if !hmac.Equal(want[:], seal) {
			return nil, fmt.Errorf("%w: the audit's %s begin with page %d, which Tael did not decide",
				ledger.ErrBroken, c.Writer, cut.Sequence+1)
		}
	}
	return &Proof{c, cut, key}, nil
}

// Page proves the next page.
func (p *Proof) Page(page *Page) error {
	if page.Sequence != p.Sequence+1 {
		return fmt.Errorf("%w: page %d of the audit's %s is missing", ledger.ErrBroken, p.Sequence+1, p.Writer)
	}
	if page.hash(p.key, p.Writer, p.Hash) != page.Hash {
		return fmt.Errorf("%w: page %d of the audit's %s was changed, or one before it: its hash does not fit",
			ledger.ErrBroken, page.Sequence, p.Writer)
	}
	if _, err := page.Open(); err != nil {
		return fmt.Errorf("%w: %w", ledger.ErrBroken, err)
	}
	p.Link = Link{page.Sequence, page.Hash}
	return nil
}

// Finish compares the chain's last page with the end that is recorded.
func (p *Proof) Finish(end Link) error {
	if p.Link != end {
		return fmt.Errorf("%w: the audit's %s end with page %d, not with page %d as recorded",
			ledger.ErrBroken, p.Writer, p.Sequence, end.Sequence)
	}
	return nil
}

// String is the writer's name in messages.
func (w Writer) String() string {
	switch w {
	case Writes:
		return "writes"
	case Calls:
		return "calls"
	}
	return fmt.Sprintf("writer %d", int64(w))
}
