package actions

import (
	"context"
	"slices"
	"strconv"
	"sync"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"tael/api"
)

// GetCountryCodes lists countries and regions by their English names: names
// and ISO codes from CLDR, dialling codes from the ITU's plan (domain.md §4.7).
func (a *Actions) GetCountryCodes(
	context.Context, *api.Call, *api.GetCountryCodesRequest,
) (*api.GetCountryCodesResponse, error) {
	return &api.GetCountryCodesResponse{Data: countries()}, nil
}

var countries = sync.OnceValue(func() []api.CountryCodeItem {
	english, chinese := display.English.Regions(), display.SimplifiedChinese.Regions()
	var items []api.CountryCodeItem
	for code := range phonenumbers.GetSupportedRegions() {
		region, err := language.ParseRegion(code)
		if err != nil || !region.IsCountry() {
			continue
		}
		items = append(items, api.CountryCodeItem{
			EnName: english.Name(region), Name: chinese.Name(region), IOS2: code, IOS3: region.ISO3(),
			Code: strconv.Itoa(phonenumbers.GetCountryCodeForRegion(code)),
		})
	}
	alphabet := collate.New(language.English)
	slices.SortFunc(items, func(x, y api.CountryCodeItem) int { return alphabet.CompareString(x.EnName, y.EnName) })
	return items
})
