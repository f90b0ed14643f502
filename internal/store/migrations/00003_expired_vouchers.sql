-- +goose Up
-- 1: it expired, and what was left went back to its issuer's quota.
ALTER TABLE voucher ADD COLUMN returned BIGINT NOT NULL DEFAULT 0;
-- Vouchers whose value is still on them, by when it ends.
CREATE INDEX voucher_expiry ON voucher (root_uin, issuer_uin, expire_at, id) WHERE balance > 0;
