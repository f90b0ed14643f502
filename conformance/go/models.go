package main

import (
	"encoding/json"

	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
)

// The generated Go client for this service is not published as a module, so the
// models are written here the way it has them: name tags make the SDK flatten a
// request for GET and for the older signatures, and every field is a pointer.

type noParameters struct {
	*tchttp.BaseRequest
}

type allocateCustomerCreditRequest struct {
	*tchttp.BaseRequest
	AddedCredit *float64 `json:"AddedCredit,omitnil,omitempty" name:"AddedCredit"`
	ClientUin   *uint64  `json:"ClientUin,omitnil,omitempty" name:"ClientUin"`
	Remark      *string  `json:"Remark,omitnil,omitempty" name:"Remark"`
}

type allocateCreditPoolRequest struct {
	*tchttp.BaseRequest
	SubAgentUin *int64   `json:"SubAgentUin,omitnil,omitempty" name:"SubAgentUin"`
	Credit      *float64 `json:"Credit,omitnil,omitempty" name:"Credit"`
}

type queryCreditAllocationHistoryRequest struct {
	*tchttp.BaseRequest
	ClientUin *uint64 `json:"ClientUin,omitnil,omitempty" name:"ClientUin"`
	Page      *uint64 `json:"Page,omitnil,omitempty" name:"Page"`
	PageSize  *uint64 `json:"PageSize,omitnil,omitempty" name:"PageSize"`
}

type queryCreditByUinListRequest struct {
	*tchttp.BaseRequest
	UinList []*uint64 `json:"UinList,omitnil,omitempty" name:"UinList"`
}

type queryCustomersCreditRequest struct {
	*tchttp.BaseRequest
	FilterType *string `json:"FilterType,omitnil,omitempty" name:"FilterType"`
	Filter     *string `json:"Filter,omitnil,omitempty" name:"Filter"`
	Page       *int64  `json:"Page,omitnil,omitempty" name:"Page"`
	PageSize   *int64  `json:"PageSize,omitnil,omitempty" name:"PageSize"`
	Order      *string `json:"Order,omitnil,omitempty" name:"Order"`
}

type queryVoucherAmountByUinRequest struct {
	*tchttp.BaseRequest
	ClientUins []*uint64 `json:"ClientUins,omitnil,omitempty" name:"ClientUins"`
}

type queryVoucherListByUinRequest struct {
	*tchttp.BaseRequest
	ClientUins []*uint64 `json:"ClientUins,omitnil,omitempty" name:"ClientUins"`
	Status     *string   `json:"Status,omitnil,omitempty" name:"Status"`
}

type describeCustomerVoucherListRequest struct {
	*tchttp.BaseRequest
	Page          *int64  `json:"Page,omitnil,omitempty" name:"Page"`
	PageSize      *int64  `json:"PageSize,omitnil,omitempty" name:"PageSize"`
	CustomerUin   *int64  `json:"CustomerUin,omitnil,omitempty" name:"CustomerUin"`
	VoucherStatus *string `json:"VoucherStatus,omitnil,omitempty" name:"VoucherStatus"`
	PaymentMode   *string `json:"PaymentMode,omitnil,omitempty" name:"PaymentMode"`
	Usage         *string `json:"Usage,omitnil,omitempty" name:"Usage"`
	ProductScope  *string `json:"ProductScope,omitnil,omitempty" name:"ProductScope"`
	VoucherId     *int64  `json:"VoucherId,omitnil,omitempty" name:"VoucherId"`
}

type describeCustomerOwnVoucherListRequest struct {
	*tchttp.BaseRequest
	Page          *int64  `json:"Page,omitnil,omitempty" name:"Page"`
	PageSize      *int64  `json:"PageSize,omitnil,omitempty" name:"PageSize"`
	VoucherStatus *string `json:"VoucherStatus,omitnil,omitempty" name:"VoucherStatus"`
	PaymentMode   *string `json:"PaymentMode,omitnil,omitempty" name:"PaymentMode"`
	ProductScope  *string `json:"ProductScope,omitnil,omitempty" name:"ProductScope"`
	VoucherId     *int64  `json:"VoucherId,omitnil,omitempty" name:"VoucherId"`
}

type describeCustomerVoucherUsageDetailsRequest struct {
	*tchttp.BaseRequest
	Page        *int64  `json:"Page,omitnil,omitempty" name:"Page"`
	PageSize    *int64  `json:"PageSize,omitnil,omitempty" name:"PageSize"`
	CustomerUin *int64  `json:"CustomerUin,omitnil,omitempty" name:"CustomerUin"`
	VoucherId   *int64  `json:"VoucherId,omitnil,omitempty" name:"VoucherId"`
	Month       *string `json:"Month,omitnil,omitempty" name:"Month"`
}

type describeCustomerOwnVoucherUsageDetailsRequest struct {
	*tchttp.BaseRequest
	Page      *int64  `json:"Page,omitnil,omitempty" name:"Page"`
	PageSize  *int64  `json:"PageSize,omitnil,omitempty" name:"PageSize"`
	VoucherId *int64  `json:"VoucherId,omitnil,omitempty" name:"VoucherId"`
	Month     *string `json:"Month,omitnil,omitempty" name:"Month"`
}

type queryPolicyProductListByCodeRequest struct {
	*tchttp.BaseRequest
	PolicyCode     *string `json:"PolicyCode,omitnil,omitempty" name:"PolicyCode"`
	ProductCode    *string `json:"ProductCode,omitnil,omitempty" name:"ProductCode"`
	ProductName    *string `json:"ProductName,omitnil,omitempty" name:"ProductName"`
	SubProductCode *string `json:"SubProductCode,omitnil,omitempty" name:"SubProductCode"`
	SubProductName *string `json:"SubProductName,omitnil,omitempty" name:"SubProductName"`
	Page           *uint64 `json:"Page,omitnil,omitempty" name:"Page"`
	PageSize       *uint64 `json:"PageSize,omitnil,omitempty" name:"PageSize"`
}

type credit struct {
	TotalCredit     *float64 `json:",omitempty"`
	RemainingCredit *float64 `json:",omitempty"`
	RequestId       *string  `json:",omitempty"`
}

type partnerCredit struct {
	AllocatedCredit         *float64 `json:",omitempty"`
	TotalCredit             *float64 `json:",omitempty"`
	RemainingCredit         *float64 `json:",omitempty"`
	CustomerTotalCredit     *float64 `json:",omitempty"`
	CustomerRemainingCredit *float64 `json:",omitempty"`
	RequestId               *string  `json:",omitempty"`
}

type creditAllocationHistory struct {
	Total   *uint64             `json:",omitempty"`
	History []*creditAllocation `json:",omitempty"`

	RequestId *string `json:",omitempty"`
}

type creditAllocation struct {
	AllocatedTime     *string  `json:",omitempty"`
	Operator          *string  `json:",omitempty"`
	Credit            *float64 `json:",omitempty"`
	AllocatedCredit   *float64 `json:",omitempty"`
	ClientCreditAfter *float64 `json:",omitempty"`
	Remark            *string  `json:",omitempty"`
}

type directCustomersCredit struct {
	Data []*struct {
		Uin             *uint64  `json:",omitempty"`
		TotalCredit     *float64 `json:",omitempty"`
		RemainingCredit *float64 `json:",omitempty"`
	} `json:",omitempty"`
	RequestId *string `json:",omitempty"`
}

type customersCredit struct {
	Data  []*customerCredit `json:",omitempty"`
	Total *uint64           `json:",omitempty"`

	RequestId *string `json:",omitempty"`
}

type customerCredit struct {
	Name            *string  `json:",omitempty"`
	Type            *string  `json:",omitempty"`
	Mobile          *string  `json:",omitempty"`
	Email           *string  `json:",omitempty"`
	Arrears         *string  `json:",omitempty"`
	AssociationTime *string  `json:",omitempty"`
	RecentExpiry    *string  `json:",omitempty"`
	ClientUin       *uint64  `json:",omitempty"`
	Credit          *float64 `json:",omitempty"`
	RemainingCredit *float64 `json:",omitempty"`
	IdentifyType    *uint64  `json:",omitempty"`
	Remark          *string  `json:",omitempty"`
	Force           *int64   `json:",omitempty"`
}

type billingQuota struct {
	Data *struct {
		TotalCredit      *float64 `json:",omitempty"`
		RemainingCredit  *float64 `json:",omitempty"`
		RemainingVoucher *float64 `json:",omitempty"`
		Force            *int64   `json:",omitempty"`
		PrepayFrozen     *float64 `json:",omitempty"`
		PostpayFrozen    *float64 `json:",omitempty"`
	} `json:",omitempty"`
	RequestId *string `json:",omitempty"`
}

type voucherAmounts struct {
	Data []*struct {
		ClientUin    *int64   `json:",omitempty"`
		TotalAmount  *float64 `json:",omitempty"`
		RemainAmount *float64 `json:",omitempty"`
	} `json:",omitempty"`
	RequestId *string `json:",omitempty"`
}

// A list that may be empty is always shown.
type vouchersByUin struct {
	Data []*struct {
		ClientUin  *int64 `json:",omitempty"`
		TotalCount *int64 `json:",omitempty"`
		Data       []*struct {
			VoucherId     *string  `json:",omitempty"`
			VoucherStatus *string  `json:",omitempty"`
			TotalAmount   *float64 `json:",omitempty"`
			RemainAmount  *float64 `json:",omitempty"`
		}
	} `json:",omitempty"`
	RequestId *string `json:",omitempty"`
}

type customerVouchers struct {
	TotalCount *uint64 `json:",omitempty"`
	Data       []*struct {
		VoucherId       *int64   `json:",omitempty"`
		CustomerUin     *int64   `json:",omitempty"`
		VoucherStatus   *string  `json:",omitempty"`
		RemainingAmount *float64 `json:",omitempty"`
		TotalAmount     *float64 `json:",omitempty"`
		Usage           *string  `json:",omitempty"`
		PaymentMode     *string  `json:",omitempty"`
		ProductScope    *string  `json:",omitempty"`
		EffectiveTime   *string  `json:",omitempty"`
		ExpireTime      *string  `json:",omitempty"`
		ApplyReason     *string  `json:",omitempty"`
	}
	RequestId *string `json:",omitempty"`
}

type ownVouchers struct {
	TotalCount *uint64 `json:",omitempty"`
	Data       []*struct {
		VoucherId       *int64   `json:",omitempty"`
		CustomerUin     *int64   `json:",omitempty"`
		VoucherStatus   *string  `json:",omitempty"`
		RemainingAmount *float64 `json:",omitempty"`
		TotalAmount     *float64 `json:",omitempty"`
		PaymentMode     *string  `json:",omitempty"`
		ProductScope    *string  `json:",omitempty"`
		EffectiveTime   *string  `json:",omitempty"`
		ExpireTime      *string  `json:",omitempty"`
	}
	RequestId *string `json:",omitempty"`
}

type usageDetail struct {
	Id                 *int64   `json:",omitempty"`
	VoucherId          *string  `json:",omitempty"`
	DealName           *string  `json:",omitempty"`
	BillId             *string  `json:",omitempty"`
	Amount             *float64 `json:",omitempty"`
	PayMode            *string  `json:",omitempty"`
	ProductCode        *string  `json:",omitempty"`
	SubProductCode     *string  `json:",omitempty"`
	ProductCodeName    *string  `json:",omitempty"`
	SubProductCodeName *string  `json:",omitempty"`
	PayTime            *string  `json:",omitempty"`
	CompletionTime     *string  `json:",omitempty"`
	OwnerUin           *int64   `json:",omitempty"`
}

type voucherUsage struct {
	Data                []*usageDetail
	CustomerUin         *int64   `json:",omitempty"`
	VoucherId           *int64   `json:",omitempty"`
	TotalAmount         *float64 `json:",omitempty"`
	RemainAmount        *float64 `json:",omitempty"`
	TotalRecordsCount   *int64   `json:",omitempty"`
	Month               *string  `json:",omitempty"`
	RecordsCountByMonth *int64   `json:",omitempty"`
	RequestId           *string  `json:",omitempty"`
}

type ownVoucherUsage struct {
	Data                []*usageDetail
	VoucherId           *int64   `json:",omitempty"`
	TotalAmount         *float64 `json:",omitempty"`
	RemainAmount        *float64 `json:",omitempty"`
	TotalRecordsCount   *int64   `json:",omitempty"`
	Month               *string  `json:",omitempty"`
	RecordsCountByMonth *int64   `json:",omitempty"`
	RequestId           *string  `json:",omitempty"`
}

type voucherPool struct {
	AgentName      *string  `json:",omitempty"`
	AccountType    *int64   `json:",omitempty"`
	TotalQuota     *float64 `json:",omitempty"`
	RemainingQuota *float64 `json:",omitempty"`
	IssuedNum      *int64   `json:",omitempty"`
	RequestId      *string  `json:",omitempty"`
}

type countryCodes struct {
	Data []*struct {
		EnName *string `json:",omitempty"`
		Name   *string `json:",omitempty"`
		IOS2   *string `json:",omitempty"`
		IOS3   *string `json:",omitempty"`
		Code   *string `json:",omitempty"`
	} `json:",omitempty"`
	RequestId *string `json:",omitempty"`
}

type noFields struct {
	RequestId *string `json:",omitempty"`
}

// answer is a response that can show its fields as JSON.
type answer interface {
	tchttp.Response
	fields() ([]byte, error)
}

type response[T any] struct {
	*tchttp.BaseResponse
	Response *T `json:"Response"`
}

func (r *response[T]) fields() ([]byte, error) { return json.Marshal(r.Response) }

func answerOf[T any]() answer { return &response[T]{BaseResponse: &tchttp.BaseResponse{}} }

// model has the request and the response of an action.
type model struct {
	request  func(*tchttp.BaseRequest) tchttp.Request
	response func() answer
}

func withoutParameters(b *tchttp.BaseRequest) tchttp.Request { return &noParameters{b} }

func pageOf(b *tchttp.BaseRequest) tchttp.Request { return &pageRequest{BaseRequest: b} }

var models = map[string]model{
	"QueryPartnerCredit":         {withoutParameters, answerOf[partnerCredit]},
	"QueryDirectCustomersCredit": {withoutParameters, answerOf[directCustomersCredit]},
	"QueryCustomerBillingQuota":  {withoutParameters, answerOf[billingQuota]},
	"QueryVoucherPool":           {withoutParameters, answerOf[voucherPool]},
	"GetCountryCodes":            {withoutParameters, answerOf[countryCodes]},
	"GetTradeConfigList":         {withoutParameters, answerOf[industries]},
	"AllocateCustomerCredit": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &allocateCustomerCreditRequest{BaseRequest: b}
	}, answerOf[credit]},
	"AllocateCreditPool": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &allocateCreditPoolRequest{BaseRequest: b}
	}, answerOf[credit]},
	"QueryCreditAllocationHistory": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &queryCreditAllocationHistoryRequest{BaseRequest: b}
	}, answerOf[creditAllocationHistory]},
	"QueryCreditByUinList": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &queryCreditByUinListRequest{BaseRequest: b}
	}, answerOf[directCustomersCredit]},
	"QueryCustomersCredit": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &queryCustomersCreditRequest{BaseRequest: b}
	}, answerOf[customersCredit]},
	"QueryVoucherAmountByUin": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &queryVoucherAmountByUinRequest{BaseRequest: b}
	}, answerOf[voucherAmounts]},
	"QueryVoucherListByUin": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &queryVoucherListByUinRequest{BaseRequest: b}
	}, answerOf[vouchersByUin]},
	"DescribeCustomerVoucherList": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &describeCustomerVoucherListRequest{BaseRequest: b}
	}, answerOf[customerVouchers]},
	"DescribeCustomerOwnVoucherList": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &describeCustomerOwnVoucherListRequest{BaseRequest: b}
	}, answerOf[ownVouchers]},
	"DescribeCustomerVoucherUsageDetails": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &describeCustomerVoucherUsageDetailsRequest{BaseRequest: b}
	}, answerOf[voucherUsage]},
	"DescribeCustomerOwnVoucherUsageDetails": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &describeCustomerOwnVoucherUsageDetailsRequest{BaseRequest: b}
	}, answerOf[ownVoucherUsage]},
	"CreateAccount": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &createAccountRequest{BaseRequest: b}
	}, answerOf[newAccount]},
	"SendVerifyCode": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &sendVerifyCodeRequest{BaseRequest: b}
	}, answerOf[noFields]},
	"CreateAndSendClientInvitationMail": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &createAndSendClientInvitationMailRequest{BaseRequest: b}
	}, answerOf[invitationLink]},
	"QueryInvitationInfo": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &queryInvitationInfoRequest{BaseRequest: b}
	}, answerOf[invitations]},
	"QueryPendingClientsV2": {pageOf, answerOf[pendingCustomers]},
	"ApproveClientApply": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &approveClientApplyRequest{BaseRequest: b}
	}, answerOf[noFields]},
	"QueryPendingSubAgentsV2": {pageOf, answerOf[pendingPartners]},
	"ApproveSubAgentApply": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &approveSubAgentApplyRequest{BaseRequest: b}
	}, answerOf[noFields]},
	"QuerySubAgentsDetailV2": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &querySubAgentsDetailV2Request{BaseRequest: b}
	}, answerOf[secondLevelPartners]},
	"QueryT1IndirectCustomersDetail": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &queryT1IndirectCustomersDetailRequest{BaseRequest: b}
	}, answerOf[indirectCustomers]},
	"DescribeCustomerUin": {pageOf, answerOf[customerUins]},
	"DescribeCustomerInfo": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &describeCustomerInfoRequest{BaseRequest: b}
	}, answerOf[customers]},
	"QueryAccountVerificationStatus": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &queryAccountVerificationStatusRequest{BaseRequest: b}
	}, answerOf[verificationStatus]},
	"ModifyClientRemark": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &modifyClientRemarkRequest{BaseRequest: b}
	}, answerOf[clientRemark]},
	"ForceQN": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &forceQNRequest{BaseRequest: b}
	}, answerOf[forceQN]},
	"QueryPolicyProductListByCode": {func(b *tchttp.BaseRequest) tchttp.Request {
		return &queryPolicyProductListByCodeRequest{BaseRequest: b}
	}, answerOf[noFields]},
}
