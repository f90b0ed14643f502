package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tael/internal/clock"
	"tael/internal/demo"
	"tael/internal/money"
	"tael/internal/signature"
)

const (
	service  = "intlpartnersmgt"
	version  = "2022-09-28"
	callTime = 10 * time.Second
)

// signedRequest is a POST to a server, signed as the Go SDK does.
type signedRequest struct {
	address string
	header  http.Header
	body    string
}

func sign(address string, key signature.Credential, a action) signedRequest {
	return signFor(address, key, service, version, a)
}

func signFor(address string, key signature.Credential, service, version string, a action) signedRequest {
	now := new(clock.Clock).Real().Unix()
	r := signedRequest{address: address, body: a.body, header: http.Header{}}
	r.header.Set("Content-Type", "application/json")
	r.header.Set("X-TC-Action", a.name)
	r.header.Set("X-TC-Version", version)
	r.header.Set("X-TC-Timestamp", strconv.FormatInt(now, 10))
	r.header.Set("X-TC-Language", "en-US")
	r.header.Set("X-TC-RequestClient", "tael_bench")
	tc3 := signature.TC3{
		Method: http.MethodPost, Host: address, Header: r.header, Payload: []byte(a.body), Timestamp: now,
	}
	r.header.Set("Authorization", tc3.Sign(key, service))
	return r
}

// reseller is the key of the demo world's reseller.
func reseller() signature.Credential {
	for _, a := range demo.Accounts() {
		if a.Uin == demo.Reseller {
			return signature.Credential{ID: a.SecretID, Key: a.SecretKey}
		}
	}
	panic("bench: the demo world has no reseller")
}

// call sends a request and returns an answer that is a success.
func call(ctx context.Context, r signedRequest) (recordedAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+r.address+"/", strings.NewReader(r.body))
	if err != nil {
		return recordedAnswer{}, err
	}
	request.Header = r.header
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return recordedAnswer{}, err
	}
	defer func() { _ = response.Body.Close() }() // only read
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return recordedAnswer{}, err
	}
	var envelope struct {
		Response struct{ Error json.RawMessage }
	}
	if err := json.Unmarshal(body, &envelope); err != nil || envelope.Response.Error != nil {
		return recordedAnswer{}, fmt.Errorf("the server answered %s", body)
	}
	response.Header.Del("Date") // the server's own
	response.Header.Del("Content-Length")
	return recordedAnswer{Header: response.Header, Body: body}, nil
}

// customerCredit asks for the credit of the demo world's first customer.
func customerCredit(ctx context.Context, address string) (money.Amount, error) {
	answer, err := call(ctx, sign(address, reseller(), action{
		name: "QueryCreditByUinList", body: fmt.Sprintf(`{"UinList":[%d]}`, demo.FirstCustomer),
	}))
	if err != nil {
		return 0, err
	}
	var envelope struct {
		Response struct {
			Data []struct{ TotalCredit json.Number }
		}
	}
	if err := json.Unmarshal(answer.Body, &envelope); err != nil || len(envelope.Response.Data) != 1 {
		return 0, fmt.Errorf("the server answered %s", answer.Body)
	}
	return money.Parse(envelope.Response.Data[0].TotalCredit.String())
}
