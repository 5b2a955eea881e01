-- Whom an account belongs to whose orders do not count: the party of its active orders, else the person of its record's
-- address, else of the first address in the alphabet that these orders show. Orders that do not count join nobody.
-- columns: source_id SMALLINT, customer_id VARCHAR, party VARCHAR, email VARCHAR
WITH account AS (
    SELECT source_id, customer_id, min(email_key) AS order_email
    FROM idle_order
    WHERE customer_id IS NOT NULL AND company_id IS NULL
    GROUP BY source_id, customer_id
),
active AS (
    SELECT source_id, customer_id, min(party) AS party
    FROM order_entity
    WHERE customer_id IS NOT NULL AND company_id IS NULL
    GROUP BY source_id, customer_id
),
record AS (
    SELECT a.source_id, a.customer_id, min(k.value) AS email
    FROM account AS a
    JOIN known_customer_key AS k
        ON k.customer_id = a.customer_id AND k.source_id BETWEEN a.source_id AND a.source_id AND k.kind = 'email'
    GROUP BY a.source_id, a.customer_id
)
SELECT a.source_id, a.customer_id, p.party, coalesce(r.email, a.order_email) AS email
FROM account AS a
LEFT JOIN active AS p ON p.source_id = a.source_id AND p.customer_id = a.customer_id
LEFT JOIN record AS r ON r.source_id = a.source_id AND r.customer_id = a.customer_id
