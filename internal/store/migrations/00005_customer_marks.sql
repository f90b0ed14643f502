-- +goose Up
-- Marks in a partner's list of customers: place is how many of them come before
-- (associated_at, uin). A page far into the list is counted from the mark before
-- it. Customers come last, so that a mark stays true, also beside a server of the
-- release before, which makes none. Whoever takes a customer out of the list
-- deletes its mark, if it has one, and takes 1 from every mark behind it.
CREATE TABLE customer_mark (
    root_uin      BIGINT NOT NULL,
    partner_uin   BIGINT NOT NULL,
    associated_at BIGINT NOT NULL,
    uin           BIGINT NOT NULL,
    place         BIGINT NOT NULL,
    PRIMARY KEY (root_uin, partner_uin, associated_at, uin)
);
CREATE INDEX customer_mark_place ON customer_mark (root_uin, partner_uin, place, associated_at, uin);

-- None at the last moment of a list: more may come in it.
INSERT INTO customer_mark (root_uin, partner_uin, associated_at, uin, place)
SELECT root_uin, partner_uin, associated_at, uin, place FROM (
    SELECT root_uin, partner_uin, associated_at, uin,
        ROW_NUMBER() OVER (PARTITION BY root_uin, partner_uin ORDER BY associated_at, uin) - 1 AS place,
        MAX(associated_at) OVER (PARTITION BY root_uin, partner_uin) AS last
    FROM customer
) AS listed
WHERE place > 0 AND place % 500 = 0 AND associated_at < last;
