-- +goose Up
-- Every table of a tree has root_uin first in its key: a transaction touches
-- one tree, and a distributed database keeps a tree in one place. The others
-- are directory tables, keyed by what they are looked up by. Times are Unix
-- milliseconds, amounts units of 10⁻⁸ USD.

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE identity (
    uin        BIGINT PRIMARY KEY,
    root_uin   BIGINT NOT NULL, -- 0: member of no tree
    role       TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE mail (
    mail TEXT PRIMARY KEY, -- folded
    uin  BIGINT NOT NULL
);

CREATE TABLE secret_key (
    secret_id  TEXT PRIMARY KEY,
    uin        BIGINT NOT NULL,
    secret     BYTEA  NOT NULL, -- encrypted
    status     TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX secret_key_uin ON secret_key (uin, created_at);

CREATE TABLE tree (
    root_uin     BIGINT PRIMARY KEY,
    batch        BIGINT NOT NULL,
    sequence     BIGINT NOT NULL,
    head         BYTEA  NOT NULL,
    last_at      BIGINT NOT NULL,
    last_voucher BIGINT NOT NULL,
    outside      BIGINT NOT NULL,
    outstanding  BIGINT NOT NULL
);

-- One row a batch, so that a commit whose answer was lost can be found again.
CREATE TABLE batch (
    root_uin BIGINT NOT NULL,
    batch    BIGINT NOT NULL,
    token    BIGINT NOT NULL,
    PRIMARY KEY (root_uin, batch)
);

CREATE TABLE idempotency (
    root_uin   BIGINT NOT NULL,
    account    BIGINT NOT NULL,
    action     TEXT   NOT NULL,
    key        TEXT   NOT NULL,
    parameters BYTEA  NOT NULL,
    answer     BYTEA  NOT NULL,
    secret     BIGINT NOT NULL, -- 1: answer is encrypted
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (root_uin, account, action, key)
);
CREATE INDEX idempotency_expiry ON idempotency (root_uin, expires_at);

CREATE TABLE partner (
    root_uin           BIGINT NOT NULL,
    uin                BIGINT NOT NULL,
    parent_uin         BIGINT NOT NULL, -- 0: top of the tree
    role               TEXT   NOT NULL,
    name               TEXT   NOT NULL,
    mail               TEXT   NOT NULL,
    phone              TEXT   NOT NULL,
    status             TEXT   NOT NULL,
    created_at         BIGINT NOT NULL,
    line               BIGINT NOT NULL,
    line_total         BIGINT NOT NULL,
    quota              BIGINT NOT NULL,
    quota_total        BIGINT NOT NULL,
    customers          BIGINT NOT NULL,
    customer_total     BIGINT NOT NULL,
    customer_remaining BIGINT NOT NULL,
    issued             BIGINT NOT NULL,
    PRIMARY KEY (root_uin, uin)
);

CREATE TABLE customer (
    root_uin          BIGINT NOT NULL,
    uin               BIGINT NOT NULL,
    partner_uin       BIGINT NOT NULL,
    name              TEXT   NOT NULL,
    name_folded       TEXT   NOT NULL,
    remark            TEXT   NOT NULL,
    remark_folded     TEXT   NOT NULL,
    mail              TEXT   NOT NULL,
    mail_folded       TEXT   NOT NULL,
    country_code      TEXT   NOT NULL,
    phone             TEXT   NOT NULL,
    associated_at     BIGINT NOT NULL,
    credit            BIGINT NOT NULL,
    spent             BIGINT NOT NULL,
    voucher_total     BIGINT NOT NULL,
    voucher_remaining BIGINT NOT NULL,
    voucher_usable    BIGINT NOT NULL,
    voucher_until     BIGINT NOT NULL, -- the two sums before hold until then; 0: for ever
    PRIMARY KEY (root_uin, uin)
);
CREATE INDEX customer_partner ON customer (root_uin, partner_uin, associated_at, uin);
CREATE INDEX customer_mail ON customer (root_uin, partner_uin, mail_folded);

CREATE TABLE voucher (
    root_uin     BIGINT NOT NULL,
    id           BIGINT NOT NULL,
    code         TEXT   NOT NULL,
    issuer_uin   BIGINT NOT NULL,
    customer_uin BIGINT NOT NULL,
    face         BIGINT NOT NULL,
    balance      BIGINT NOT NULL,
    effective_at BIGINT NOT NULL,
    expire_at    BIGINT NOT NULL, -- start of the last second in which it works
    withdrawn    BIGINT NOT NULL,
    payment_mode TEXT   NOT NULL,
    scope        TEXT   NOT NULL,
    products     TEXT   NOT NULL,
    usage        TEXT   NOT NULL,
    reason       TEXT   NOT NULL,
    issued_at    BIGINT NOT NULL,
    PRIMARY KEY (root_uin, id)
);
CREATE INDEX voucher_customer ON voucher (root_uin, customer_uin, expire_at);

CREATE TABLE transfer (
    root_uin     BIGINT NOT NULL,
    sequence     BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    kind         BIGINT NOT NULL,
    debit_kind   BIGINT NOT NULL,
    debit_owner  BIGINT NOT NULL,
    credit_kind  BIGINT NOT NULL,
    credit_owner BIGINT NOT NULL,
    amount       BIGINT NOT NULL,
    debit_after  BIGINT NOT NULL,
    credit_after BIGINT NOT NULL,
    partner_uin  BIGINT NOT NULL,
    customer_uin BIGINT NOT NULL, -- 0: no customer concerned
    customer_total BIGINT NOT NULL, -- its credit + spent after this transfer
    request_id   TEXT   NOT NULL,
    operator     TEXT   NOT NULL,
    remark       TEXT   NOT NULL,
    hash         BYTEA  NOT NULL,
    PRIMARY KEY (root_uin, sequence)
);
CREATE INDEX transfer_customer ON transfer (root_uin, customer_uin, kind, sequence) WHERE customer_uin <> 0;
-- A tree's top partner sees all of it by sequence; this one serves the others.
CREATE INDEX transfer_partner ON transfer (root_uin, partner_uin, sequence) WHERE partner_uin <> root_uin;
CREATE INDEX transfer_request ON transfer (root_uin, request_id);
