-- Accounts that a per-customer override names by one of their values or by their own id.
-- columns: source_id SMALLINT, customer_id VARCHAR, entity VARCHAR
SELECT k.source_id, k.customer_id, v.entity
FROM entity_override AS v
JOIN known_customer_key AS k ON k.kind = v.kind AND k.value = v.value
WHERE v.kind <> 'email'
UNION
SELECT p.source_id, p.customer_id, v.entity
FROM entity_override AS v
JOIN active_order AS p ON lower(p.customer_id) = v.value
WHERE v.kind = 'external_id'
UNION
SELECT c.source_id, c.customer_id, v.entity
FROM entity_override AS v
JOIN known_customer AS c ON lower(c.customer_id) = v.value
WHERE v.kind = 'external_id'
