-- The storefront accounts of absent persons, with or without orders.
-- columns: party INTEGER, source_id SMALLINT, customer_id VARCHAR, name VARCHAR, email VARCHAR, b2b BOOLEAN
SELECT p.party, c.source_id, c.customer_id, c.name, c.email, c.b2b
FROM absent_party AS a
JOIN party_account AS p ON p.party = a.party
JOIN known_customer AS c ON c.source_id = p.source_id AND c.customer_id = p.customer_id
