-- The storefront accounts that placed an absent company's orders: they lend it their addresses, nothing else.
-- columns: party INTEGER, source_id SMALLINT, customer_id VARCHAR, email VARCHAR
SELECT DISTINCT o.party, c.source_id, c.customer_id, c.email
FROM party_order AS o
JOIN absent_party AS a ON a.party = o.party
JOIN known_customer AS c ON c.source_id = o.source_id AND c.customer_id = o.customer_id
WHERE o.company_id IS NOT NULL
