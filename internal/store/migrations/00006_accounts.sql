-- +goose Up
-- What the directory knows of an account beside its tree, and what approval asks
-- for (domain.md §4, §5).
ALTER TABLE identity ADD COLUMN owner_uin BIGINT NOT NULL DEFAULT 0; -- the account a sub-user belongs to; 0: it is an account itself
ALTER TABLE identity ADD COLUMN mail TEXT NOT NULL DEFAULT '';
ALTER TABLE identity ADD COLUMN country_code TEXT NOT NULL DEFAULT ''; -- of the phone number
ALTER TABLE identity ADD COLUMN phone TEXT NOT NULL DEFAULT ''; -- without the country code
ALTER TABLE identity ADD COLUMN area TEXT NOT NULL DEFAULT ''; -- ISO 3166, two letters
ALTER TABLE identity ADD COLUMN account_type TEXT NOT NULL DEFAULT ''; -- personal, company
ALTER TABLE identity ADD COLUMN trade_one TEXT NOT NULL DEFAULT '';
ALTER TABLE identity ADD COLUMN trade_two TEXT NOT NULL DEFAULT '';
ALTER TABLE identity ADD COLUMN password TEXT NOT NULL DEFAULT ''; -- argon2id; empty: none
ALTER TABLE identity ADD COLUMN auth_type BIGINT NOT NULL DEFAULT -1; -- domain.md §4.5
ALTER TABLE identity ADD COLUMN auth_status BIGINT NOT NULL DEFAULT -1;
ALTER TABLE identity ADD COLUMN verified_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN key_account BIGINT NOT NULL DEFAULT 0; -- 1: of the cloud itself
ALTER TABLE identity ADD COLUMN organisation BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN savings_plan BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN share_unit TEXT NOT NULL DEFAULT ''; -- created, joined
ALTER TABLE identity ADD COLUMN balance BIGINT NOT NULL DEFAULT 0; -- cash of an account without a partner
-- The open application of an account; 0: none. An account has at most one.
ALTER TABLE identity ADD COLUMN applied_root BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN applied_partner BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN applied_role TEXT NOT NULL DEFAULT '';
CREATE INDEX identity_owner ON identity (owner_uin, uin);

-- Up to five accounts share a phone number: each takes a slot of it.
CREATE TABLE phone (
    phone TEXT   NOT NULL, -- country code, a space and the number
    slot  BIGINT NOT NULL, -- 1 to 5
    uin   BIGINT NOT NULL,
    PRIMARY KEY (phone, slot)
);
