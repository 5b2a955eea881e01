-- Every value that a party or contact of the window can be found by, of every kind of key.
-- columns: key VARCHAR, kind VARCHAR, value VARCHAR
SELECT p.key, v.kind, v.value FROM party_value AS v JOIN open_party AS p ON p.party = v.party
UNION
SELECT e.key, 'email', i.email_key
FROM everyone_order AS e
JOIN idle_order AS i ON i.source_id = e.source_id AND i.order_id = e.order_id
WHERE i.email_key IS NOT NULL
UNION
SELECT e.key, k.kind, k.value
FROM everyone_order AS e
JOIN idle_order AS i ON i.source_id = e.source_id AND i.order_id = e.order_id
JOIN known_order_key AS k ON k.source_id = e.source_id AND k.order_id = e.order_id
UNION
SELECT e.key, 'external_id', lower(coalesce(e.company_id, e.customer_id))
FROM everyone_order AS e
WHERE e.step <> 'active' AND coalesce(e.company_id, e.customer_id) IS NOT NULL
UNION
SELECT e.key, k.kind, k.value
FROM everyone_order AS e
JOIN known_customer_key AS k
    ON k.customer_id = CASE WHEN e.company_id IS NULL THEN e.customer_id END
    AND k.source_id BETWEEN e.source_id AND e.source_id
WHERE e.step <> 'active'
UNION
SELECT e.key, k.kind, k.value
FROM everyone_order AS e
JOIN known_company_key AS k ON k.source_id = e.source_id AND k.company_id = e.company_id
WHERE e.step <> 'active'
