-- +goose Up
ALTER TABLE tree ADD COLUMN last_line BIGINT NOT NULL DEFAULT 1000000000000000;
ALTER TABLE customer ADD COLUMN forced BIGINT NOT NULL DEFAULT 0;
ALTER TABLE voucher ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
ALTER TABLE transfer ADD COLUMN line BIGINT NOT NULL DEFAULT 0; -- of a bill; 0: no charge is behind it

CREATE INDEX voucher_issuer ON voucher (root_uin, issuer_uin, issued_at, id);
-- What a voucher paid; 6 is the kind of the account balance.
CREATE INDEX transfer_usage ON transfer (root_uin, debit_owner, line) WHERE debit_kind = 6 AND line <> 0;

CREATE TABLE charge (
    root_uin         BIGINT NOT NULL,
    charge_id        TEXT   NOT NULL,
    content          BYTEA  NOT NULL,
    line             BIGINT NOT NULL,
    customer_uin     BIGINT NOT NULL,
    partner_uin      BIGINT NOT NULL,
    recorded_at      BIGINT NOT NULL,
    transaction_at   BIGINT NOT NULL,
    pay_mode         TEXT   NOT NULL,
    action_type      TEXT   NOT NULL,
    product_code     TEXT   NOT NULL,
    product_name     TEXT   NOT NULL,
    sub_product_code TEXT   NOT NULL,
    sub_product_name TEXT   NOT NULL,
    cost             BIGINT NOT NULL,
    voucher_paid     BIGINT NOT NULL,
    credit_paid      BIGINT NOT NULL,
    refunded         BIGINT NOT NULL,
    remaining_after  BIGINT NOT NULL,
    payments         TEXT   NOT NULL, -- JSON, as the first answer listed them
    PRIMARY KEY (root_uin, charge_id)
);
CREATE UNIQUE INDEX charge_line ON charge (root_uin, line);

CREATE TABLE refund (
    root_uin        BIGINT NOT NULL,
    charge_id       TEXT   NOT NULL,
    refund_id       TEXT   NOT NULL,
    content         BYTEA  NOT NULL,
    recorded_at     BIGINT NOT NULL,
    amount          BIGINT NOT NULL,
    remaining_after BIGINT NOT NULL,
    PRIMARY KEY (root_uin, charge_id, refund_id)
);
