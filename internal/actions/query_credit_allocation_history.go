package actions

import (
	"context"
	"errors"
	"math"
	"time"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// listMax caps the page size of lists whose definition does not refuse larger
// ones (domain.md Q 12, Q 16).
const listMax = 100

// QueryCreditAllocationHistory lists what was given to a customer and taken
// back, newest first (domain.md §2.3, Q 12).
func (a *Actions) QueryCreditAllocationHistory(
	ctx context.Context, call *api.Call, r *api.QueryCreditAllocationHistoryRequest,
) (*api.QueryCreditAllocationHistoryResponse, error) {
	customer, err := a.ownCustomer(ctx, call, int64(r.ClientUin))
	if err != nil {
		return nil, err
	}
	page := pageOf(int64(min(r.Page, math.MaxInt64)), int64(min(r.PageSize, listMax)), listMax)
	transfers, total, err := a.Store.Allocations(ctx, call.Root, &customer, page)
	if err != nil {
		return nil, err
	}
	response := &api.QueryCreditAllocationHistoryResponse{
		Total: uint64(total), History: make([]api.QueryCreditAllocationHistoryData, len(transfers)),
	}
	for i := range transfers {
		response.History[i] = historyItem(&transfers[i])
	}
	return response, nil
}

// ownCustomer reads a direct customer of the caller; anybody else is
// ledger.ErrNotCustomer.
func (a *Actions) ownCustomer(ctx context.Context, call *api.Call, uin int64) (ledger.Customer, error) {
	c, err := a.Store.Customer(ctx, store.Account{Root: call.Root, Uin: uin}, call.Now.UnixMilli())
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Partner != call.Uin {
		return ledger.Customer{}, ledger.ErrNotCustomer
	}
	return c, err
}

func historyItem(t *ledger.Transfer) api.QueryCreditAllocationHistoryData {
	item := api.QueryCreditAllocationHistoryData{
		AllocatedTime:   api.FormatTime(time.UnixMilli(t.At)),
		Operator:        t.Operator,
		AllocatedCredit: t.CustomerTotal,
		Remark:          t.Remark,
	}
	item.Credit, item.ClientCreditAfter = t.Amount, t.CreditAfter
	if t.Debit.Kind == ledger.Credit {
		item.Credit, item.ClientCreditAfter = -t.Amount, t.DebitAfter
	}
	return item
}
