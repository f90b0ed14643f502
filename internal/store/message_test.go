package store_test

import (
	"testing"
	"time"

	"tael/internal/store"
	"tael/internal/testkit"
)

// messageClaims are those of a message with a code.
func messageClaims(t *testing.T, s *store.Store, code string) []store.Claim {
	t.Helper()
	claims, err := s.ClaimMessage(root, store.Message{
		Kind: store.VerificationCode, Channel: store.SMS, To: "+6580001234",
		Fields: map[string]string{"Code": code}, At: start,
	})
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

func claimAll(t *testing.T, b *store.Batch, claims []store.Claim) {
	t.Helper()
	if refusal, err := b.Claim(claims); refusal != nil || err != nil {
		t.Fatal(refusal, err)
	}
}

// A message is there when its batch is, and leads sweeps to its tree; without
// its command it goes away.
func TestMessagesRideOnTheirBatch(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		plant(t, s)
		b := begin(t, s)
		kept, dropped := messageClaims(t, s, "1"), messageClaims(t, s, "2")
		claimAll(t, b, kept)
		claimAll(t, b, dropped)
		if err := b.Unclaim(dropped); err != nil {
			t.Fatal(err)
		}
		earlier := store.ClaimDue(root, store.DueKind(store.SMS), start.Add(-time.Second))
		later := store.ClaimDue(root, store.DueRetention, start.Add(1000*24*time.Hour))
		claimAll(t, b, []store.Claim{earlier, later})
		if err := b.Commit(nil); err != nil {
			t.Fatal(err)
		}
		if n := count(t, path, "message", "status = 'Waiting'"); n != 1 {
			t.Errorf("%d messages", n)
		}
		for kind, at := range map[string]time.Time{"SMS": start.Add(-time.Second), "Retention": start.Add(60 * 24 * time.Hour)} {
			got := testkit.Count(t, path, "SELECT at FROM due WHERE kind = '"+kind+"'")
			if int64(got) != at.UnixMilli() {
				t.Errorf("%s is due at %d, not %d", kind, got, at.UnixMilli())
			}
		}
	})
}
