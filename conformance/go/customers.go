package main

import tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"

// The models of the actions for customers and second-level resellers, as those
// in models.go.

type createAccountRequest struct {
	*tchttp.BaseRequest
	AccountType     *string `json:"AccountType,omitnil,omitempty" name:"AccountType"`
	Mail            *string `json:"Mail,omitnil,omitempty" name:"Mail"`
	Password        *string `json:"Password,omitnil,omitempty" name:"Password"`
	ConfirmPassword *string `json:"ConfirmPassword,omitnil,omitempty" name:"ConfirmPassword"`
	PhoneNum        *string `json:"PhoneNum,omitnil,omitempty" name:"PhoneNum"`
	CountryCode     *string `json:"CountryCode,omitnil,omitempty" name:"CountryCode"`
	Area            *string `json:"Area,omitnil,omitempty" name:"Area"`
	VerifyCode      *string `json:"VerifyCode,omitnil,omitempty" name:"VerifyCode"`
	TradeOne        *string `json:"TradeOne,omitnil,omitempty" name:"TradeOne"`
	TradeTwo        *string `json:"TradeTwo,omitnil,omitempty" name:"TradeTwo"`
	Extended        *string `json:"Extended,omitnil,omitempty" name:"Extended"`
	CustomerName    *string `json:"CustomerName,omitnil,omitempty" name:"CustomerName"`
}

type sendVerifyCodeRequest struct {
	*tchttp.BaseRequest
	CountryCode *string `json:"CountryCode,omitnil,omitempty" name:"CountryCode"`
	PhoneNum    *string `json:"PhoneNum,omitnil,omitempty" name:"PhoneNum"`
}

type createAndSendClientInvitationMailRequest struct {
	*tchttp.BaseRequest
	Email          *string `json:"Email,omitnil,omitempty" name:"Email"`
	InvitationRole *string `json:"InvitationRole,omitnil,omitempty" name:"InvitationRole"`
	MaterialUrl    *string `json:"MaterialUrl,omitnil,omitempty" name:"MaterialUrl"`
}

type queryInvitationInfoRequest struct {
	*tchttp.BaseRequest
	InvitationToken []*string `json:"InvitationToken,omitnil,omitempty" name:"InvitationToken"`
}

type pageRequest struct {
	*tchttp.BaseRequest
	Page     *int64 `json:"Page,omitnil,omitempty" name:"Page"`
	PageSize *int64 `json:"PageSize,omitnil,omitempty" name:"PageSize"`
}

type approveClientApplyRequest struct {
	*tchttp.BaseRequest
	ClientUin    *int64  `json:"ClientUin,omitnil,omitempty" name:"ClientUin"`
	ApproveType  *string `json:"ApproveType,omitnil,omitempty" name:"ApproveType"`
	RejectReason *string `json:"RejectReason,omitnil,omitempty" name:"RejectReason"`
}

type approveSubAgentApplyRequest struct {
	*tchttp.BaseRequest
	SubAgentUin  *int64  `json:"SubAgentUin,omitnil,omitempty" name:"SubAgentUin"`
	ApproveType  *string `json:"ApproveType,omitnil,omitempty" name:"ApproveType"`
	RejectReason *string `json:"RejectReason,omitnil,omitempty" name:"RejectReason"`
}

type querySubAgentsDetailV2Request struct {
	*tchttp.BaseRequest
	Page       *int64  `json:"Page,omitnil,omitempty" name:"Page"`
	PageSize   *int64  `json:"PageSize,omitnil,omitempty" name:"PageSize"`
	FilterType *string `json:"FilterType,omitnil,omitempty" name:"FilterType"`
	Filter     *string `json:"Filter,omitnil,omitempty" name:"Filter"`
	Order      *string `json:"Order,omitnil,omitempty" name:"Order"`
}

type queryT1IndirectCustomersDetailRequest struct {
	*tchttp.BaseRequest
	SubAgentUin *int64 `json:"SubAgentUin,omitnil,omitempty" name:"SubAgentUin"`
	Page        *int64 `json:"Page,omitnil,omitempty" name:"Page"`
	PageSize    *int64 `json:"PageSize,omitnil,omitempty" name:"PageSize"`
}

type describeCustomerInfoRequest struct {
	*tchttp.BaseRequest
	CustomerUin []*int64 `json:"CustomerUin,omitnil,omitempty" name:"CustomerUin"`
}

type queryAccountVerificationStatusRequest struct {
	*tchttp.BaseRequest
	ClientUin *int64 `json:"ClientUin,omitnil,omitempty" name:"ClientUin"`
}

type modifyClientRemarkRequest struct {
	*tchttp.BaseRequest
	ClientUin *string `json:"ClientUin,omitnil,omitempty" name:"ClientUin"`
	Remark    *string `json:"Remark,omitnil,omitempty" name:"Remark"`
}

type forceQNRequest struct {
	*tchttp.BaseRequest
	ClientUin *uint64 `json:"ClientUin,omitnil,omitempty" name:"ClientUin"`
	Type      *uint64 `json:"Type,omitnil,omitempty" name:"Type"`
}

type newAccount struct {
	Uin       *string `json:",omitempty"`
	Reason    *string `json:",omitempty"`
	RequestId *string `json:",omitempty"`
}

type invitationLink struct {
	InvitationLink *string `json:",omitempty"`
	RequestId      *string `json:",omitempty"`
}

type industries struct {
	TradeList []*industry
	RequestId *string `json:",omitempty"`
}

type industry struct {
	Id       *string `json:",omitempty"`
	Name     *string `json:",omitempty"`
	Children []*struct {
		Id        *string `json:",omitempty"`
		Name      *string `json:",omitempty"`
		TradeInfo *string `json:",omitempty"`
	}
}

type invitations struct {
	InvitationInfo []*invitation
	RequestId      *string `json:",omitempty"`
}

type invitation struct {
	InvitationToken *string `json:",omitempty"`
	CreateTime      *string `json:",omitempty"`
	Status          *int64  `json:",omitempty"`
	UseTime         *string `json:",omitempty"`
	ClientUin       *int64  `json:",omitempty"`
	ClientMail      *string `json:",omitempty"`
	ClientType      *int64  `json:",omitempty"`
	BindTime        *string `json:",omitempty"`
}

type pendingCustomers struct {
	Data      []*pendingCustomer
	Total     *int64  `json:",omitempty"`
	RequestId *string `json:",omitempty"`
}

type pendingCustomer struct {
	ApplyTime *string `json:",omitempty"`
	ClientUin *uint64 `json:",omitempty"`
	Email     *string `json:",omitempty"`
	Mobile    *string `json:",omitempty"`
	Name      *string `json:",omitempty"`
	Status    *string `json:",omitempty"`
	Type      *string `json:",omitempty"`
}

type pendingPartners struct {
	Data      []*pendingPartner
	Total     *int64  `json:",omitempty"`
	RequestId *string `json:",omitempty"`
}

type pendingPartner struct {
	SubAgentUin *int64  `json:",omitempty"`
	Name        *string `json:",omitempty"`
	Mobile      *string `json:",omitempty"`
	Email       *string `json:",omitempty"`
	ApplyTime   *string `json:",omitempty"`
	Status      *string `json:",omitempty"`
	MaterialUrl *string `json:",omitempty"`
	AuthState   *int64  `json:",omitempty"`
}

type secondLevelPartners struct {
	Total     *int64 `json:",omitempty"`
	Data      []*secondLevelPartner
	RequestId *string `json:",omitempty"`
}

type secondLevelPartner struct {
	SubAgentUin      *int64   `json:",omitempty"`
	Name             *string  `json:",omitempty"`
	Remark           *string  `json:",omitempty"`
	Mobile           *string  `json:",omitempty"`
	Email            *string  `json:",omitempty"`
	CountOfCustomers *int64   `json:",omitempty"`
	BindTime         *string  `json:",omitempty"`
	Credit           *float64 `json:",omitempty"`
	RemainingCredit  *float64 `json:",omitempty"`
	Voucher          *float64 `json:",omitempty"`
	RemainingVoucher *float64 `json:",omitempty"`
}

type indirectCustomers struct {
	Total        *int64  `json:",omitempty"`
	SubAgentUin  *int64  `json:",omitempty"`
	SubAgentName *string `json:",omitempty"`
	Data         []*indirectCustomer
	RequestId    *string `json:",omitempty"`
}

type indirectCustomer struct {
	ClientUin      *int64  `json:",omitempty"`
	ClientName     *string `json:",omitempty"`
	ClientBindTime *string `json:",omitempty"`
}

type customerUins struct {
	Data      []*customerUin
	Total     *string `json:",omitempty"`
	RequestId *string `json:",omitempty"`
}

type customerUin struct {
	CustomerUin *string `json:",omitempty"`
}

type customers struct {
	Data      []*customer
	RequestId *string `json:",omitempty"`
}

type customer struct {
	CustomerUin     *string `json:",omitempty"`
	Email           *string `json:",omitempty"`
	Phone           *string `json:",omitempty"`
	Mark            *string `json:",omitempty"`
	Name            *string `json:",omitempty"`
	BindTime        *string `json:",omitempty"`
	AccountStatus   *string `json:",omitempty"`
	AuthStatus      *string `json:",omitempty"`
	AuthType        *int64  `json:",omitempty"`
	CidRegisterTime *string `json:",omitempty"`
	UinRegisterTime *string `json:",omitempty"`
	AuthPassTime    *string `json:",omitempty"`
	HasExpense      *int64  `json:",omitempty"`
}

type verificationStatus struct {
	AccountStatus *bool   `json:",omitempty"`
	RequestId     *string `json:",omitempty"`
}

type clientRemark struct {
	ClientRemark *string `json:",omitempty"`
	RequestId    *string `json:",omitempty"`
}

type forceQN struct {
	C         *int64  `json:",omitempty"`
	M         *string `json:",omitempty"`
	RequestId *string `json:",omitempty"`
}
