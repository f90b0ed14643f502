package actions_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tael/api"
	"tael/internal/testkit"
)

func TestGetTradeConfigList(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	answer := w.Call(r, "GetTradeConfigList", `{}`)
	var list api.GetTradeConfigListResponse
	if err := json.Unmarshal(answer.Body, &list); err != nil || answer.Code != "" {
		t.Fatal(answer.Code, err)
	}
	for _, one := range list.TradeList {
		if one.Name == "" || len(one.Children) == 0 {
			t.Errorf("%s: %+v", one.Id, one)
		}
		for _, two := range one.Children {
			if two.Name == "" || two.TradeInfo != one.Id || !strings.HasPrefix(two.Id, one.Id) {
				t.Errorf("below %s: %+v", one.Id, two)
			}
		}
	}
	// The list is part of the program, but a key has to be looked up.
	q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
	w.StopDatabase()
	expectCode(t, "OperationDenied.ServiceBusy", w.Call(q, "GetTradeConfigList", `{}`))
}
