package ledger

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
)

// Hash seals one transfer of a tree: HMAC-SHA-256 over the hash before it and
// every stored field, in a form that no two different transfers share. The
// first transfer of a tree continues a hash of zeros.
func Hash(key []byte, root int64, previous [32]byte, t *Transfer) [32]byte {
	text := make([]byte, 0, 256)
	text = append(text, previous[:]...)
	for _, number := range [...]int64{
		root, t.Sequence, t.At, int64(t.Kind),
		int64(t.Debit.Kind), t.Debit.Owner, int64(t.Credit.Kind), t.Credit.Owner,
		int64(t.Amount), int64(t.DebitAfter), int64(t.CreditAfter), t.Partner, t.Customer, int64(t.CustomerTotal),
	} {
		text = binary.BigEndian.AppendUint64(text, uint64(number))
	}
	for _, s := range [...]string{t.RequestID, t.Operator, t.Remark} {
		text = binary.BigEndian.AppendUint64(text, uint64(len(s)))
		text = append(text, s...)
	}
	if t.Line != 0 { // transfers that have none are sealed as before there were lines
		text = binary.BigEndian.AppendUint64(text, uint64(t.Line))
	}
	mac := hmac.New(sha256.New, key)
	mac.Write(text)
	return [32]byte(mac.Sum(nil))
}
