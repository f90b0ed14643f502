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

var models = map[string]model{
	"QueryPartnerCredit":         {withoutParameters, answerOf[partnerCredit]},
	"QueryDirectCustomersCredit": {withoutParameters, answerOf[directCustomersCredit]},
	"QueryCustomerBillingQuota":  {withoutParameters, answerOf[billingQuota]},
	"QueryVoucherPool":           {withoutParameters, answerOf[voucherPool]},
	"GetCountryCodes":            {withoutParameters, answerOf[countryCodes]},
	"GetTradeConfigList":         {withoutParameters, answerOf[struct{}]},
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
}
