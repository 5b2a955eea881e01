-- The storefront accounts of absent persons, with or without orders.
-- (BETWEEN leaves one key to join by: only then does the scan itself skip most of what cannot meet it.)
-- columns: party INTEGER, source_id SMALLINT, customer_id VARCHAR, name VARCHAR, email VARCHAR, b2b BOOLEAN
SELECT p.party, c.source_id, c.customer_id, c.name, c.email, c.b2b
FROM absent_party AS a
JOIN party_account AS p ON p.party = a.party
JOIN known_customer AS c ON c.customer_id = p.customer_id AND c.source_id BETWEEN p.source_id AND p.source_id
