-- +goose Up
-- QueryVoucherAmountByUin is answered from this alone: of many customers, one
-- page each instead of two or three.
CREATE INDEX customer_voucher ON customer
    (root_uin, uin, partner_uin, voucher_total, voucher_remaining, voucher_until);
