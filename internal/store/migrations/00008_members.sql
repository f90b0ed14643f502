-- +goose Up
-- Customers leave a tree and change their partner in it (domain.md §1.3, §4.6).

-- The tree's last transfer when a customer came to its partner, and its last
-- bill line when it came to the tree. What is older is of another time.
ALTER TABLE customer ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
ALTER TABLE customer ADD COLUMN since_line BIGINT NOT NULL DEFAULT 0;
ALTER TABLE voucher ADD COLUMN closed BIGINT NOT NULL DEFAULT 0; -- 1: its holder has left; it is nobody's

ALTER TABLE partner ADD COLUMN remark TEXT NOT NULL DEFAULT ''; -- its distributor's note on it
CREATE INDEX partner_parent ON partner (root_uin, parent_uin, created_at, uin) WHERE parent_uin <> 0;
