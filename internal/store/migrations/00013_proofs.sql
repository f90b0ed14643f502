-- +goose Up
-- Where an invitation was sent: what arrives there proves the address.
ALTER TABLE invitation ADD COLUMN mail TEXT NOT NULL DEFAULT ''; -- folded; empty: of an earlier release

-- A phone number that nobody proved takes no place. Only accounts that were made
-- with a code have a region.
DELETE FROM phone WHERE uin IN (SELECT uin FROM identity WHERE area = '');
