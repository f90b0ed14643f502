-- +goose Up
-- Tries at an account's password, counted over all invitations they were made with.
ALTER TABLE identity ADD COLUMN password_tries BIGINT NOT NULL DEFAULT 0;
ALTER TABLE identity ADD COLUMN password_tried_at BIGINT NOT NULL DEFAULT 0; -- the first of them
