-- +goose Up
-- 1: it expired, and what was left, if anything, went back to its issuer's quota.
ALTER TABLE voucher ADD COLUMN settled BIGINT NOT NULL DEFAULT 0;
-- Vouchers that are still to be settled, by when they end. Paying with one does
-- not touch it.
CREATE INDEX voucher_expiry ON voucher (root_uin, issuer_uin, expire_at, id) WHERE settled = 0 AND withdrawn = 0;
