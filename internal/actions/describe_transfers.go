package actions

import (
	"context"
	"encoding/hex"
	"errors"
	"time"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// DescribeTransfers lists the movements of money that the caller may see.
func (a *Actions) DescribeTransfers(
	ctx context.Context, call *api.Call, r *api.DescribeTransfersRequest,
) (*api.DescribeTransfersResponse, error) {
	view, err := a.visible(ctx, call, r.Uin)
	if err != nil {
		return nil, err
	}
	filter := store.TransferFilter{
		Root: view.Root, RequestID: value(r.RequestId), From: r.FromSequence, Limit: r.Limit + 1,
	}
	whole := view.Uin == view.Root
	if !whole {
		filter.Partner = view.Uin
	}
	if r.ClientUin != nil {
		c, err := a.Store.Customer(ctx, store.Account{Root: view.Root, Uin: *r.ClientUin}, call.Now.UnixMilli())
		if errors.Is(err, store.ErrNotFound) || err == nil && !whole && c.Partner != view.Uin {
			return nil, ledger.ErrNotCustomer
		}
		if err != nil {
			return nil, err
		}
		filter.Customer = c.Uin
	}
	transfers, err := a.Store.Transfers(ctx, filter)
	if err != nil {
		return nil, err
	}
	return describeTransfers(transfers, int(r.Limit), whole), nil
}

// visible is the partner through whose eyes transfers are shown: its whole
// tree where it is the top of it.
func (a *Actions) visible(ctx context.Context, call *api.Call, uin *int64) (store.Account, error) {
	switch {
	case call.Role != partner.Operator && (uin == nil || *uin == call.Uin):
		return self(call), nil
	case uin == nil:
		return store.Account{}, api.NewError(api.MissingParameter, "parameter", "Uin")
	}
	target, err := a.partnerOf(ctx, *uin)
	if err != nil {
		return store.Account{}, err
	}
	if call.Role != partner.Operator && (target.Root != call.Root || call.Uin != call.Root) {
		return store.Account{}, ledger.ErrNotPartner
	}
	return store.Account{Root: target.Root, Uin: target.Uin}, nil
}

// describeTransfers shows at most limit transfers; one more says that there is
// another page.
func describeTransfers(transfers []ledger.Transfer, limit int, whole bool) *api.DescribeTransfersResponse {
	response := &api.DescribeTransfersResponse{}
	if len(transfers) > limit {
		response.NextSequence = transfers[limit].Sequence
		transfers = transfers[:limit]
	}
	response.Transfers = make([]api.DescribedTransfer, len(transfers))
	for i := range transfers {
		t := &transfers[i]
		response.Transfers[i] = api.DescribedTransfer{
			Sequence: t.Sequence, Time: api.FormatTime(time.UnixMilli(t.At)), Kind: t.Kind.String(),
			Debit: t.Debit.String(), Credit: t.Credit.String(), Amount: t.Amount,
			RequestId: t.RequestID, Operator: t.Operator, Remark: t.Remark,
		}
	}
	if whole && len(transfers) > 0 {
		hash := hex.EncodeToString(transfers[len(transfers)-1].Hash[:])
		response.Hash = &hash
	}
	return response
}
