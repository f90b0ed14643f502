-- +goose Up
-- Who called what: pages of events, chained in each tree by writer (0: the tree's
-- batches, whose chain ends where the tree's row says; 1: all other calls).
ALTER TABLE tree ADD COLUMN audit_sequence BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tree ADD COLUMN audit_hash BYTEA; -- of that page; null: no page yet

CREATE TABLE audit (
    root_uin    BIGINT NOT NULL, -- 0: accounts without a tree
    writer      BIGINT NOT NULL,
    sequence    BIGINT NOT NULL,
    second      BIGINT NOT NULL, -- Unix time of all its events
    account_uin BIGINT NOT NULL,
    user_uin    BIGINT NOT NULL, -- 0: the account's own key
    secret_id   TEXT   NOT NULL,
    address     TEXT   NOT NULL,
    events      TEXT   NOT NULL, -- JSON
    hash        BYTEA  NOT NULL,
    PRIMARY KEY (root_uin, writer, sequence)
);
CREATE INDEX audit_second ON audit (root_uin, second, writer, sequence);
CREATE INDEX audit_account ON audit (root_uin, account_uin, second, writer, sequence);

-- Where a chain ends, of writer 1, and where it begins, of both.
CREATE TABLE audit_head (
    root_uin     BIGINT NOT NULL,
    writer       BIGINT NOT NULL,
    locks        BIGINT NOT NULL, -- counts them: the chain's lock is an update of it
    sequence     BIGINT NOT NULL,
    hash         BYTEA  NOT NULL,
    cut_sequence BIGINT NOT NULL, -- last page that was removed for its age; 0: none
    cut_hash     BYTEA  NOT NULL,
    cut_seal     BYTEA  NOT NULL,
    PRIMARY KEY (root_uin, writer)
);

-- Calls of nobody that is known, counted.
CREATE TABLE stranger (
    minute    BIGINT NOT NULL, -- Unix time by 60
    secret_id TEXT   NOT NULL,
    address   TEXT   NOT NULL,
    code      TEXT   NOT NULL,
    calls     BIGINT NOT NULL,
    PRIMARY KEY (minute, secret_id, address, code)
);
