// Package config holds the settings that change what Tael answers. Each is an
// open question of the published API with the default of domain.md §13;
// docs/operate.md lists them.
package config

import (
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	"tael/internal/ledger"
	"tael/internal/partner"
)

// Values of CreditPoolMode.
const (
	PoolIncrement = "increment"
	PoolSet       = "set"
)

// Settings are the switches of one installation.
type Settings struct {
	// CreditPoolMode says whether AllocateCreditPool adds to a pool or sets it
	// (Q 19).
	CreditPoolMode string
	// PoolBoundedByDistributor takes pools out of the distributor's line (Q 8,
	// Q 20). Balances depend on it, so it is fixed when the database is made.
	PoolBoundedByDistributor bool
	// ExpiredVouchersReturn gives what is left on expired vouchers back to their
	// issuers' quotas. Balances depend on it, so it is fixed when the database is
	// made.
	ExpiredVouchersReturn bool
	// CreditWarnings tells customers and their partners of credit that runs low.
	CreditWarnings bool
	// CodesPerDay is how many verification codes an account may have sent within 24
	// hours: somebody pays for each.
	CodesPerDay int
	// AuditDays is how long calls are kept in the audit.
	AuditDays int
	// VoucherValidityDays is how long a voucher lasts whose issuer did not say
	// (Q 27).
	VoucherValidityDays int
	// InvitationURL is the page that invitation links lead to; the token is added
	// to it.
	InvitationURL string
	// Trades are the industries of accounts (Q 41).
	Trades []partner.Trade
}

// Default returns the settings of an installation that names none.
func Default() Settings {
	return Settings{
		CreditPoolMode: PoolIncrement, PoolBoundedByDistributor: true, VoucherValidityDays: 90,
		AuditDays: 400, CodesPerDay: 1000, CreditWarnings: true,
		InvitationURL: "https://www.tencentcloud.com/reseller-customer/invitation", Trades: partner.Trades(),
	}
}

// Ledger are the settings that change what commands do.
func (s *Settings) Ledger() *ledger.Settings {
	return &ledger.Settings{
		PoolBounded: s.PoolBoundedByDistributor, ExpiredReturn: s.ExpiredVouchersReturn, NoWarnings: !s.CreditWarnings,
	}
}

// Set reads one "name=value".
func (s *Settings) Set(assignment string) error {
	name, text, ok := strings.Cut(assignment, "=")
	if !ok {
		return fmt.Errorf("setting %q: write name=value", assignment)
	}
	bad := fmt.Errorf("setting %s: %q is not a value of it", name, text)
	switch name {
	case "credit_pool_mode":
		if text != PoolIncrement && text != PoolSet {
			return bad
		}
		s.CreditPoolMode = text
	case "pool_bounded_by_distributor":
		return setBool(&s.PoolBoundedByDistributor, text, bad)
	case "expired_vouchers_return":
		return setBool(&s.ExpiredVouchersReturn, text, bad)
	case "credit_warnings":
		return setBool(&s.CreditWarnings, text, bad)
	case "audit_days":
		return setNumber(&s.AuditDays, text, 36500, bad)
	case "codes_per_day":
		return setNumber(&s.CodesPerDay, text, 10_000_000, bad)
	case "voucher_validity_days":
		return setNumber(&s.VoucherValidityDays, text, 3650, bad)
	case "invitation_url":
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
			return bad
		}
		s.InvitationURL = text
	case "trade_file":
		file, err := os.ReadFile(text)
		if err != nil {
			return fmt.Errorf("%w: %w", bad, err)
		}
		trades, err := partner.ParseTrades(file)
		if err != nil {
			return fmt.Errorf("%w: %w", bad, err)
		}
		s.Trades = trades
	default:
		return fmt.Errorf("no setting %q; docs/operate.md lists them", name)
	}
	return nil
}

// setNumber reads a number from 1 to most.
func setNumber(setting *int, text string, most int, bad error) error {
	number, err := strconv.Atoi(text)
	if err != nil || number < 1 || number > most {
		return bad
	}
	*setting = number
	return nil
}

func setBool(setting *bool, text string, bad error) error {
	on, err := strconv.ParseBool(text)
	if err != nil {
		return bad
	}
	*setting = on
	return nil
}
