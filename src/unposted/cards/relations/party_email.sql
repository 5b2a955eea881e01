-- The usable e-mail addresses of each open party; a company's are its own, its main contact's and its buyers'.
-- columns: party INTEGER, email VARCHAR
SELECT party, substr(key, 8) AS email FROM open_party WHERE is_person
UNION
SELECT p.party, r.email
FROM email_root AS r
JOIN open_party AS p ON p.key = 'person|' || r.root
UNION
SELECT p.party, p.email_key FROM party_order AS p WHERE p.company_id IS NOT NULL AND p.email_key IS NOT NULL
UNION
SELECT p.party, e.email
FROM party_order AS p
JOIN order_other_email AS e ON e.source_id = p.source_id AND e.order_id = p.order_id
UNION
SELECT p.party, k.value
FROM party_order AS p
JOIN known_customer_key AS k ON k.source_id = p.source_id AND k.customer_id = p.customer_id AND k.kind = 'email'
WHERE p.company_id IS NOT NULL
UNION
SELECT c.party, k.value
FROM party_company AS c
JOIN known_company_key AS k ON k.source_id = c.source_id AND k.company_id = c.company_id AND k.kind = 'email'
