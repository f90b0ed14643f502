-- +goose Up
-- Who may act for an account beside itself, and what it may do (domain.md §8.4).
-- A sub-user is an identity with an owner; its name is unique in the account.
CREATE UNIQUE INDEX identity_user ON identity (owner_uin, name) WHERE owner_uin <> 0;

CREATE TABLE policy (
    owner_uin   BIGINT NOT NULL, -- 0: preset
    name        TEXT   NOT NULL,
    description TEXT   NOT NULL,
    document    TEXT   NOT NULL, -- JSON
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (owner_uin, name)
);

CREATE TABLE role (
    owner_uin   BIGINT NOT NULL,
    name        TEXT   NOT NULL,
    id          BIGINT NOT NULL, -- 12 digits that begin with 3, so that none is a UIN
    description TEXT   NOT NULL,
    trust       TEXT   NOT NULL, -- JSON: who may assume it
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (owner_uin, name)
);
CREATE UNIQUE INDEX role_id ON role (id);

CREATE TABLE attachment (
    principal    BIGINT NOT NULL, -- UIN of a sub-user, or id of a role
    policy       TEXT   NOT NULL,
    policy_owner BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    PRIMARY KEY (principal, policy)
);
CREATE INDEX attachment_policy ON attachment (policy_owner, policy);

INSERT INTO policy (owner_uin, name, description, document, created_at) VALUES
    (0, 'QcloudIntlpartnersmgtFullAccess', 'All published actions',
     '{"version":"2.0","statement":[{"effect":"allow","action":["intlpartnersmgt:*"],"resource":"*"}]}', 0),
    (0, 'QcloudIntlpartnersmgtReadOnlyaccess', 'All published actions that only read',
     '{"version":"2.0","statement":[{"effect":"allow","action":["intlpartnersmgt:Query*","intlpartnersmgt:Describe*","intlpartnersmgt:Get*"],"resource":"*"}]}', 0);
