-- Every value that an open party can be matched by, of every kind of key (a value may stand more than once).
-- (BETWEEN leaves one key to join by: only then does the scan itself skip most of what cannot meet it.)
-- columns: party INTEGER, kind VARCHAR, value VARCHAR
SELECT party, 'email' AS kind, email AS value FROM party_email
UNION ALL
SELECT party, 'external_id', lower(customer_id) FROM party_account
UNION ALL
SELECT party, 'external_id', lower(company_id) FROM party_company
UNION ALL
SELECT a.party, k.kind, k.value
FROM party_account AS a
JOIN known_customer_key AS k ON k.customer_id = a.customer_id AND k.source_id BETWEEN a.source_id AND a.source_id
WHERE k.kind NOT IN ('email', 'email_folded')
UNION ALL
SELECT c.party, k.kind, k.value
FROM party_company AS c
JOIN known_company_key AS k ON k.source_id = c.source_id AND k.company_id = c.company_id
WHERE k.kind NOT IN ('email', 'email_folded')
UNION ALL
SELECT o.party, k.kind, k.value
FROM party_order AS o
JOIN known_order_key AS k ON k.source_id = o.source_id AND k.order_id = o.order_id
WHERE k.kind NOT IN ('email', 'email_folded')
