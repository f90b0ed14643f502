package partner

// Kinds and states of an identity verification (domain.md §4.5).
const (
	AuthNone       int64 = -1
	AuthPersonal   int64 = 0
	AuthEnterprise int64 = 1

	AuthMissing  int64 = -1
	AuthWaiting  int64 = 0
	AuthReview   int64 = 1
	AuthRejected int64 = 2
	AuthPassed   int64 = 3
)

// Verification is how far the identity verification of an account is
// (domain.md §4.5).
type Verification struct {
	Type   int64 // AuthNone, …
	Status int64 // AuthMissing, …
}

// Passed reports whether the identity is verified.
func (v Verification) Passed() bool { return v.Status == AuthPassed }

// IdentifyType is the number that QueryCustomersCredit gives it: 0 not verified,
// 1 a person, 2 an enterprise.
func (v Verification) IdentifyType() int64 {
	if !v.Passed() {
		return 0
	}
	return v.Type + 1
}
