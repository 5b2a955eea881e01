-- Parties that a per-customer override sends to an entity, whichever of their values it names.
-- columns: party VARCHAR, entity VARCHAR
WITH named_order AS (
    SELECT p.party, v.entity
    FROM entity_override AS v
    JOIN order_party AS p
        ON (v.kind = 'email' AND p.email_key = v.value)
        OR (v.kind = 'external_id' AND lower(p.company_id) = v.value)
    UNION
    SELECT p.party, v.entity
    FROM entity_override AS v
    JOIN known_order_key AS k ON k.kind = v.kind AND k.value = v.value
    JOIN order_party AS p ON p.source_id = k.source_id AND p.order_id = k.order_id
),
named_account AS (
    SELECT p.party, a.entity
    FROM override_account AS a
    JOIN order_party AS p ON p.source_id = a.source_id AND p.customer_id = a.customer_id AND p.company_id IS NULL
    UNION
    SELECT 'person|' || coalesce(r.root, k.value), a.entity
    FROM override_account AS a
    JOIN known_customer_key AS k ON k.source_id = a.source_id AND k.customer_id = a.customer_id AND k.kind = 'email'
    LEFT JOIN email_root AS r ON r.email = k.value
),
named_email AS (
    SELECT 'person|' || coalesce(r.root, v.value) AS party, v.entity
    FROM entity_override AS v
    LEFT JOIN email_root AS r ON r.email = v.value
    WHERE v.kind = 'email'
    UNION
    SELECT p.party, v.entity
    FROM entity_override AS v
    JOIN known_customer_key AS k ON k.kind = 'email' AND k.value = v.value
    JOIN order_party AS p ON p.source_id = k.source_id AND p.customer_id = k.customer_id AND p.company_id IS NOT NULL
    WHERE v.kind = 'email'
),
named_company AS (
    SELECT k.source_id || '|' || k.company_id AS company, v.entity
    FROM entity_override AS v
    JOIN known_company_key AS k ON k.kind = v.kind AND k.value = v.value
    UNION
    SELECT c.source_id || '|' || c.company_id, v.entity
    FROM entity_override AS v
    JOIN known_company AS c ON lower(c.company_id) = v.value
    WHERE v.kind = 'external_id'
)
SELECT party, entity FROM named_order
UNION
SELECT party, entity FROM named_account
UNION
SELECT party, entity FROM named_email
UNION
SELECT 'company|' || coalesce(r.root, n.company), n.entity
FROM named_company AS n
LEFT JOIN company_root AS r ON r.company = n.company
