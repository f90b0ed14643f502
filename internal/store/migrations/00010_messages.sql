-- +goose Up
-- The outbox: written by the batch that causes a message, sent later.
CREATE TABLE message (
    root_uin     BIGINT NOT NULL,
    id           TEXT   NOT NULL, -- UUIDv7
    kind         TEXT   NOT NULL,
    channel      TEXT   NOT NULL,
    recipient    TEXT   NOT NULL, -- empty: the receiver that the installation names
    partner_uin  BIGINT NOT NULL, -- that it is about; 0: none
    language     TEXT   NOT NULL,
    content      BYTEA  NOT NULL, -- encrypted
    created_at   BIGINT NOT NULL,
    status       TEXT   NOT NULL, -- Waiting, Sent, GivenUp
    attempts     BIGINT NOT NULL DEFAULT 0, -- counted before each
    next_at      BIGINT NOT NULL, -- no attempt before
    attempted_at BIGINT NOT NULL DEFAULT 0, -- 0: never
    ended_at     BIGINT NOT NULL DEFAULT 0, -- sent or given up; 0: neither
    error        TEXT   NOT NULL DEFAULT '', -- of the last attempt
    PRIMARY KEY (root_uin, id)
);
CREATE INDEX message_next ON message (root_uin, channel, next_at) WHERE status = 'Waiting';
CREATE INDEX message_created ON message (root_uin, created_at);

-- Which trees have background work, and from when on. It changes with its tree,
-- and is looked up by time over all trees.
CREATE TABLE due (
    root_uin BIGINT NOT NULL,
    kind     TEXT   NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (root_uin, kind)
);
CREATE INDEX due_at ON due (kind, at, root_uin);

-- Of which thresholds a customer was warned on a day; see ledger.Warned.
ALTER TABLE customer ADD COLUMN warned_day BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customer ADD COLUMN warned BIGINT NOT NULL DEFAULT 0;
