package partner

// Verification is how far the identity verification of an account is
// (domain.md §4.5).
type Verification struct {
	Type   int64 // -1 none, 0 personal, 1 enterprise
	Status int64 // -1 nothing submitted, 0 waiting, 1 under review, 2 not passed, 3 passed
}

// Passed reports whether the identity is verified.
func (v Verification) Passed() bool { return v.Status == 3 }

// IdentifyType is the number that QueryCustomersCredit gives it: 0 not verified,
// 1 a person, 2 an enterprise.
func (v Verification) IdentifyType() int64 {
	if !v.Passed() {
		return 0
	}
	return v.Type + 1
}
