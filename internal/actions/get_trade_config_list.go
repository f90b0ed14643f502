package actions

import (
	"context"

	"tael/api"
)

// GetTradeConfigList lists industries on two levels (domain.md §4.7, Q 41).
func (a *Actions) GetTradeConfigList(
	context.Context, *api.Call, *api.GetTradeConfigListRequest,
) (*api.GetTradeConfigListResponse, error) {
	response := &api.GetTradeConfigListResponse{TradeList: make([]api.TradeOneNode, len(a.Settings.Trades))}
	for i, one := range a.Settings.Trades {
		node := api.TradeOneNode{Id: one.ID, Name: one.Name, Children: make([]api.TradeTwoNode, len(one.Children))}
		for j, two := range one.Children {
			node.Children[j] = api.TradeTwoNode{Id: two.ID, Name: two.Name, TradeInfo: one.ID}
		}
		response.TradeList[i] = node
	}
	return response, nil
}
