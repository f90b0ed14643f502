-- +goose Up
-- Where an invitation was sent: what arrives there proves the address.
ALTER TABLE invitation ADD COLUMN mail TEXT NOT NULL DEFAULT ''; -- folded; empty: of an earlier release

-- A phone number that nobody proved takes no place. Only accounts that were made
-- with a code have a region.
DELETE FROM phone WHERE uin IN (SELECT uin FROM identity WHERE area = '');

-- The last verification code that an account had sent to a number. verify_code
-- keeps when codes were sent to a number, whoever asked; the codes in it are of an
-- earlier release.
CREATE TABLE account_code (
    phone      TEXT   NOT NULL, -- as in phone
    uin        BIGINT NOT NULL, -- who asked for it
    code       BYTEA  NOT NULL, -- keyed hash
    expires_at BIGINT NOT NULL,
    tries      BIGINT NOT NULL,
    used       BIGINT NOT NULL,
    PRIMARY KEY (phone, uin)
);
CREATE INDEX account_code_expiry ON account_code (expires_at);

-- The operator lists the outboxes of all trees a page at a time, by any of these.
CREATE INDEX message_newest ON message (created_at, id);
CREATE INDEX message_status ON message (status, created_at, id);
CREATE INDEX message_kind ON message (kind, created_at, id);
CREATE INDEX message_channel ON message (channel, created_at, id);
CREATE INDEX message_recipient ON message (recipient, created_at, id);
