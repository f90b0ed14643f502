package load

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"

	"tael/internal/money"
)

// Works are the actions that load can be made of.
var Works = []string{
	"QueryPartnerCredit", "QueryVoucherAmountByUin", "QueryCustomersCredit", "QueryCreditAllocationHistory",
	"AllocateCustomerCredit", "RecordCharge",
}

// Pages say which pages of a list to ask for.
var Pages = []string{firstPage, middlePage, lastPage, randomPage}

const (
	firstPage  = "first"
	middlePage = "middle" // of the middle tenth, at random
	lastPage   = "last"   // of the last hundredth, at random
	randomPage = "random"
)

// pageSize is that of the lists that are asked for: what they have by default.
const pageSize = 10

// uinsAsked is how many customers a QueryVoucherAmountByUin names, at most: the
// most it takes.
const uinsAsked = 20

// What a write moves: so little that no line is used up.
const (
	moved     = money.Amount(1)
	movedText = "0.00000001"
)

// work makes the requests of one action, for customers drawn at random.
type work struct {
	action   string
	world    *World
	operator Key
	prefix   string // of charge ids, so that no two runs meet
	page     string // one of Pages
	busiest  bool   // histories are those of the customer with the most allocations
}

// next is the request number n, which is of partner p.
func (w *work) next(random *rand.Rand, n int64) (p int, c call) {
	p = random.IntN(len(w.world.Partners))
	partner := &w.world.Partners[p]
	c = call{key: partner.Key, service: partnerService, version: partnerVersion, action: w.action, body: "{}"}
	customer := func() int64 { return partner.FirstCustomer + random.Int64N(partner.Customers) }
	switch w.action {
	case "QueryVoucherAmountByUin":
		c.body = `{"ClientUins":[` + w.uins(random, partner) + `]}`
	case "QueryCustomersCredit":
		c.body = fmt.Sprintf(`{"Page":%d,"PageSize":%d}`, w.pageOf(random, partner.Customers), pageSize)
	case "QueryCreditAllocationHistory":
		of, rows := customer(), int64(1) // that many are sure to be there
		if w.busiest {
			of, rows = partner.FirstCustomer, max(1, partner.Allocations)
		}
		c.body = fmt.Sprintf(`{"ClientUin":%d,"Page":%d,"PageSize":%d}`, of, w.pageOf(random, rows), pageSize)
	case "AllocateCustomerCredit":
		c.body = fmt.Sprintf(`{"ClientUin":%d,"AddedCredit":%s}`, customer(), movedText)
	case "RecordCharge":
		c.key, c.service, c.version = w.operator, managementService, managementVersion
		c.body = fmt.Sprintf(
			`{"ChargeId":"%s-%d","ClientUin":%d,"PayMode":"postPay","ProductCode":"bench","OriginalCost":%s}`,
			w.prefix, n, customer(), movedText)
	}
	return p, c
}

// pageOf draws the number of a page of a list of so many rows.
func (w *work) pageOf(random *rand.Rand, rows int64) int64 {
	pages := (rows + pageSize - 1) / pageSize
	from, to := int64(1), pages
	switch w.page {
	case firstPage:
		to = 1
	case middlePage:
		from, to = 1+pages*9/20, max(1, pages*11/20)
	case lastPage:
		from = pages - (pages-1)/100
	}
	return from + random.Int64N(max(1, to-from+1))
}

// uins are consecutive ones from a random customer on: different customers each
// time, none of them twice.
func (w *work) uins(random *rand.Rand, p *Partner) string {
	var b strings.Builder
	first := random.Int64N(p.Customers)
	for i := range min(p.Customers, uinsAsked) {
		if i > 0 {
			b.WriteByte(',')
		}
		// Spread over all customers, so that they do not share a page of an index.
		at := (first + i*(max(p.Customers, uinsAsked)/uinsAsked)) % p.Customers
		b.WriteString(strconv.FormatInt(p.FirstCustomer+at, 10))
	}
	return b.String()
}

// answered is what an answer says: the code of an error, or how much credit
// moved.
func (w *work) answered(answer []byte) (moves money.Amount, code string, err error) {
	var envelope struct {
		Response struct {
			Error           *struct{ Code string }
			RequestId       string //nolint:revive // the wire's own name
			CreditDeduction json.Number
			Data, History   []json.RawMessage
		}
	}
	if err := json.Unmarshal(answer, &envelope); err != nil || envelope.Response.RequestId == "" {
		return 0, "", fmt.Errorf("this is no answer: %.200q", answer)
	}
	r := &envelope.Response
	switch {
	case r.Error != nil:
		return 0, r.Error.Code, nil
	case w.action == "AllocateCustomerCredit":
		return moved, "", nil
	case w.action == "RecordCharge":
		moves, err = money.Parse(r.CreditDeduction.String())
		return moves, "", err
	case w.action != "QueryPartnerCredit" && len(r.Data) == 0 && len(r.History) == 0:
		return 0, "", fmt.Errorf("no data in %.200q", answer)
	}
	return 0, "", nil
}

// balances are the totals over all partners that writes change.
type balances struct {
	allocated money.Amount // Σ AllocatedCredit
	remaining money.Amount // Σ CustomerRemainingCredit
}

// balances reads them through the API.
func (w *work) balances(ctx context.Context, c *client) (balances, error) {
	var total balances
	for i := range w.world.Partners {
		answer, err := c.do(ctx, &call{
			key: w.world.Partners[i].Key, service: partnerService, version: partnerVersion,
			action: "QueryPartnerCredit", body: "{}",
		})
		if err != nil {
			return total, err
		}
		var envelope struct {
			Response struct{ AllocatedCredit, CustomerRemainingCredit json.Number }
		}
		if err := json.Unmarshal(answer, &envelope); err != nil || bytes.Contains(answer, []byte(`"Error"`)) {
			return total, fmt.Errorf("QueryPartnerCredit of %d: %.300s", w.world.Partners[i].Uin, answer)
		}
		allocated, err := money.Parse(envelope.Response.AllocatedCredit.String())
		if err != nil {
			return total, err
		}
		remaining, err := money.Parse(envelope.Response.CustomerRemainingCredit.String())
		if err != nil {
			return total, err
		}
		total.allocated += allocated
		total.remaining += remaining
	}
	return total, nil
}

// check compares what the balances did with what was answered. Of requests
// without an answer any number may have been executed.
func (w *work) check(before, after balances, answered money.Amount, unanswered int64) error {
	allocated, remaining := after.allocated-before.allocated, after.remaining-before.remaining
	most := answered + moved*money.Amount(unanswered)
	if w.action == "AllocateCustomerCredit" {
		if allocated < answered || allocated > most || remaining != allocated {
			return fmt.Errorf("%s allocated by what was answered, %s by the partners' balances, %s by the customers'",
				answered, allocated, remaining)
		}
		return nil
	}
	if allocated != 0 || -remaining < answered || -remaining > most {
		return fmt.Errorf("%s spent by what was answered, %s by the customers' balances; the partners' moved by %s",
			answered, -remaining, allocated)
	}
	return nil
}
