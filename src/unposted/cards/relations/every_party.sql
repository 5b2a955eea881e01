-- All parties with active orders in the window: stands for open_party where present ones are looked at too.
-- columns: party INTEGER, key VARCHAR, is_company BOOLEAN, is_person BOOLEAN
SELECT
    CAST(row_number() OVER () AS INTEGER) AS party, party AS key,
    party LIKE 'company|%' AS is_company, party LIKE 'person|%' AS is_person
FROM (SELECT DISTINCT party FROM order_entity)
