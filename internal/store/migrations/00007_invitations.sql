-- +goose Up
ALTER TABLE identity ADD COLUMN extended TEXT NOT NULL DEFAULT ''; -- free text given with CreateAccount
-- A distributor's second-level resellers are counted where there is a limit.
CREATE INDEX identity_subreseller ON identity (root_uin) WHERE role = 'subreseller';

-- What a partner may do and how much of it; without a row the default holds.
CREATE TABLE partner_setting (
    root_uin    BIGINT NOT NULL,
    partner_uin BIGINT NOT NULL,
    name        TEXT   NOT NULL,
    value       BIGINT NOT NULL, -- of a feature 0 off, 1 on; of a limit 0 none
    PRIMARY KEY (root_uin, partner_uin, name)
);

-- An invitation becomes an application when it is used.
CREATE TABLE invitation (
    root_uin     BIGINT NOT NULL,
    token        BYTEA  NOT NULL, -- SHA-256 of the link's token
    partner_uin  BIGINT NOT NULL,
    role         TEXT   NOT NULL, -- that it invites to: customer, subreseller
    material_url TEXT   NOT NULL,
    created_at   BIGINT NOT NULL,
    tries        BIGINT NOT NULL DEFAULT 0,  -- wrong passwords of an existing account
    status       TEXT   NOT NULL DEFAULT '', -- empty: unused; Reviewing, Passed, Rejected
    uin          BIGINT NOT NULL DEFAULT 0,  -- of the applicant
    used_at      BIGINT NOT NULL DEFAULT 0,
    decided_at   BIGINT NOT NULL DEFAULT 0,
    reason       TEXT   NOT NULL DEFAULT '', -- why it was rejected
    PRIMARY KEY (root_uin, token)
);
CREATE INDEX invitation_open ON invitation (root_uin, partner_uin, role, used_at, token) WHERE status = 'Reviewing';
CREATE INDEX invitation_created ON invitation (root_uin, created_at);

-- When a partner last invited an address.
CREATE TABLE invitation_gate (
    root_uin    BIGINT NOT NULL,
    partner_uin BIGINT NOT NULL,
    mail        TEXT   NOT NULL, -- folded
    sent_at     BIGINT NOT NULL,
    PRIMARY KEY (root_uin, partner_uin, mail)
);

-- In which tree an invitation is.
CREATE TABLE invitation_token (
    token    BYTEA PRIMARY KEY, -- SHA-256 of the link's token
    root_uin BIGINT NOT NULL
);

-- The last verification code of each phone number.
CREATE TABLE verify_code (
    phone      TEXT PRIMARY KEY, -- as in phone
    code       BYTEA  NOT NULL,  -- keyed hash
    expires_at BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    used       BIGINT NOT NULL,
    sends      TEXT   NOT NULL   -- times of those sent in the last day, oldest first
);
CREATE INDEX verify_code_expiry ON verify_code (expires_at);
