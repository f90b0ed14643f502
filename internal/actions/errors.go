package actions

import (
	"context"
	"errors"

	"tael/api"
	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// refusals is the one table from the rules' errors to the codes of the wire
// (domain.md §2, §9). What is not in it is an InternalError.
var refusals = []struct {
	err    error
	answer *api.Error
}{
	{ledger.ErrNotCustomer, api.NewError(api.UnauthorizedOperationUinNoAuth)},
	{ledger.ErrNotPartner, api.NewError(api.UnauthorizedOperationUinNoAuth)},
	{ledger.ErrNotSubreseller, api.NewError(api.UnauthorizedOperationUinNoAuth)},
	{ledger.ErrLineExceeded, api.NewError(api.InvalidParameterValueCreditAmountOutOfRange)},
	{ledger.ErrCreditInsufficient, api.NewError(api.FailedOperationBalanceInsufficient)},
	{ledger.ErrPoolRange, api.NewError(api.InvalidParameterValueVoucherAmountOutOfRange)},
	{ledger.ErrQuotaExceeded, api.NewError(api.InvalidParameterValueVoucherAmountOutOfRange).In("voucher")},
	{ledger.ErrValidity, api.NewError(api.InvalidParameterValue, "parameter", "ExpireTime").In("past")},
	{ledger.ErrFrozen, api.NewError(api.UnauthorizedOperationUinNoAuth)},
	{ledger.ErrNotVoucher, api.NewError(api.ResourceNotFound)},
	{ledger.ErrNotIssued, api.NewError(api.FailedOperation).In("state")},
	{ledger.ErrBalance, api.NewError(api.FailedOperationBalanceInsufficient).In("purchase")},
	{ledger.ErrTopLine, api.NewError(api.FailedOperation).In("line")},
	{ledger.ErrOverdue, api.NewError(api.FailedOperationBalanceInsufficient).In("overdue")},
	{ledger.ErrForced, api.NewError(api.OperationDenied)},
	{ledger.ErrNotCharge, api.NewError(api.ResourceNotFound)},
	{ledger.ErrRefundable, api.NewError(api.InvalidParameterValue, "parameter", "Amount").In("refundable")},
	{partner.ErrUin, api.NewError(api.InvalidParameterValueInvalidUin)},
	{partner.ErrSubUser, api.NewError(api.InvalidParameterValueUinIsSubAccount)},
	{partner.ErrNotApplicant, api.NewError(api.FailedOperationClientNotApply)},
	{partner.ErrNotAgentApply, api.NewError(api.FailedOperationResellerNotApply)},
	{partner.ErrAlreadyCustomer, api.NewError(api.InvalidParameterValueUinAlreadyClient)},
	{partner.ErrAlreadyReseller, api.NewError(api.InvalidParameterValueUinAlreadyReseller)},
	{partner.ErrAppliedCustomer, api.NewError(api.InvalidParameterValueUinAlreadyAppliedClient)},
	{partner.ErrAppliedReseller, api.NewError(api.FailedOperationUinAppliedAgent)},
	{partner.ErrNotCompany, api.NewError(api.FailedOperationAccountTypeNotCompany)},
	{partner.ErrVerifyNone, api.NewError(api.FailedOperationRealNameNotCompleted)},
	{partner.ErrVerifyReview, api.NewError(api.FailedOperationRealNameInApproval)},
	{partner.ErrVerifyRejected, api.NewError(api.FailedOperationRealNameReject)},
	{partner.ErrVerifyPersonal, api.NewError(api.FailedOperationRealNameTypeIllegal)},
	{partner.ErrKeyAccount, api.NewError(api.FailedOperationUinAlreadyKA)},
	{partner.ErrOrganisation, api.NewError(api.FailedOperationBindOrganizationAccount)},
	{partner.ErrDebt, api.NewError(api.FailedOperationClientBalanceIsLessOrEqualZero)},
	{partner.ErrSavingsPlan, api.NewError(api.FailedOperationClientBuySP)},
	{partner.ErrShareUnitCreated, api.NewError(api.FailedOperationClientCreateShareUnit)},
	{partner.ErrShareUnitJoined, api.NewError(api.FailedOperationClientJoinShareUnit)},
	{partner.ErrBindLimit, api.NewError(api.FailedOperationExceedMaxBindCount)},
	{partner.ErrPassword, api.NewError(api.InvalidParameterPasswordContentIncorrect)},
	{partner.ErrPasswordRepeat, api.NewError(api.InvalidParameterConfirmPasswordContentIncorrect)},
	{partner.ErrCountryRefused, api.NewError(api.InvalidParameterValueUnSupportArea)},
	{partner.ErrCountryUnknown, api.NewError(api.InvalidParameterCountryCodeContentIncorrect)},
	{partner.ErrAreaUnknown, api.NewError(api.InvalidParameterAreaContentIncorrect)},
	{partner.ErrTrade, api.NewError(api.FailedOperationTradeInfoIncorrect)},
	{partner.ErrPhoneLimit, api.NewError(api.FailedOperationPhoneBindUpper)},
	{partner.ErrCode, api.NewError(api.FailedOperationVerificationCodeIllegal)},
	{partner.ErrCodeMinute, api.NewError(api.FailedOperationSendVerifyCodeLimit60)},
	{partner.ErrCodeMany, api.NewError(api.FailedOperationSendVerifyCodeLimit)},
	{store.ErrInvitedLately, api.NewError(api.FailedOperationSendMailLimit180)},
	{store.ErrInvitation, api.NewError(api.ResourceNotFound).In("invitation")},
	{store.ErrUnderReview, api.NewError(api.OperationDenied).In("verification")},
	{store.ErrMailTaken, api.NewError(api.FailedOperationMailIsRegistered)},
	{store.ErrKeyLimit, api.NewError(api.LimitExceeded)},
	{store.ErrUserTaken, api.NewError(api.ResourceInUse)},
	{store.ErrPolicyTaken, api.NewError(api.ResourceInUse)},
	{store.ErrRoleTaken, api.NewError(api.ResourceInUse)},
	{store.ErrPolicyAttached, api.NewError(api.ResourceInUse).In("attached")},
	{store.ErrUserLimit, api.NewError(api.LimitExceeded)},
	{store.ErrPolicyLimit, api.NewError(api.LimitExceeded)},
	{store.ErrRoleLimit, api.NewError(api.LimitExceeded)},
	{store.ErrAttachedLimit, api.NewError(api.LimitExceeded)},
	{engine.ErrKeyReused, api.NewError(api.InvalidParameterValue).In("idempotency")},
	{engine.ErrUnknownOutcome, api.NewError(api.InternalError).In("unknown")},
	{engine.ErrBusy, api.NewError(api.OperationDeniedServiceBusy)},
	{store.ErrUnavailable, api.NewError(api.OperationDeniedServiceBusy)},
	{context.Canceled, api.NewError(api.OperationDeniedServiceBusy)},
	{context.DeadlineExceeded, api.NewError(api.OperationDeniedServiceBusy)},
	{store.ErrNotFound, api.NewError(api.ResourceNotFound)},
}

// Explain turns an action's error into the wire's, or returns nil for one that
// the wire must not see.
func Explain(err error) *api.Error {
	if own, ok := errors.AsType[*api.Error](err); ok {
		return own
	}
	for i := range refusals {
		if errors.Is(err, refusals[i].err) {
			return refusals[i].answer
		}
	}
	return nil
}
