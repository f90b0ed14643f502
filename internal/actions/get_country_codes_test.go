package actions_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"tael/api"
	"tael/internal/testkit"
)

func TestGetCountryCodes(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	var response api.GetCountryCodesResponse
	if err := json.Unmarshal(w.Call(r, "GetCountryCodes", `{}`).Body, &response); err != nil {
		t.Fatal(err)
	}
	alphabet := collate.New(language.English)
	byCode := map[string]api.CountryCodeItem{}
	for i, item := range response.Data {
		if len(item.IOS2) != 2 || len(item.IOS3) != 3 || item.Code == "0" || item.EnName == "" || item.Name == "" {
			t.Errorf("incomplete: %+v", item)
		}
		if i > 0 && alphabet.CompareString(response.Data[i-1].EnName, item.EnName) > 0 {
			t.Errorf("%s comes after %s", item.EnName, response.Data[i-1].EnName)
		}
		byCode[item.IOS2] = item
	}
	want := map[string]api.CountryCodeItem{
		"CN": {EnName: "China", Name: "中国", IOS2: "CN", IOS3: "CHN", Code: "86"},
		"HK": {EnName: "Hong Kong SAR China", Name: "中国香港特别行政区", IOS2: "HK", IOS3: "HKG", Code: "852"},
		"US": {EnName: "United States", Name: "美国", IOS2: "US", IOS3: "USA", Code: "1"},
		"DE": {EnName: "Germany", Name: "德国", IOS2: "DE", IOS3: "DEU", Code: "49"},
		"UA": {EnName: "Ukraine", Name: "乌克兰", IOS2: "UA", IOS3: "UKR", Code: "380"},
	}
	for code, item := range want {
		if diff := cmp.Diff(item, byCode[code]); diff != "" {
			t.Errorf("%s: %s", code, diff)
		}
	}
	if len(byCode) != len(response.Data) || len(byCode) < 240 {
		t.Errorf("%d countries, %d different", len(response.Data), len(byCode))
	}
}
