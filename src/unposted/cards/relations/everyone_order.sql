-- Every order and quote of the window with the party or contact that it belongs to, and what it is: `active`, or why not.
-- columns: key VARCHAR, source_id SMALLINT, order_id VARCHAR, customer_id VARCHAR, company_id VARCHAR, step VARCHAR
SELECT DISTINCT party AS key, source_id, order_id, customer_id, company_id, 'active' AS step
FROM order_entity
UNION ALL
SELECT
    CASE
        WHEN o.company_id IS NOT NULL THEN 'company|' || coalesce(c.root, o.source_id || '|' || o.company_id)
        WHEN a.party IS NOT NULL THEN a.party
        WHEN coalesce(a.email, o.email_key) IS NOT NULL
            THEN 'person|' || coalesce(r.root, a.email, o.email_key)
        WHEN o.customer_id IS NOT NULL THEN 'account|' || o.source_id || '|' || o.customer_id
        ELSE 'guest|' || o.source_id || '|' || o.order_id
    END AS key,
    o.source_id, o.order_id, o.customer_id, o.company_id, o.step
FROM idle_order AS o
LEFT JOIN company_root AS c ON c.company = o.source_id || '|' || o.company_id
LEFT JOIN idle_account AS a ON a.source_id = o.source_id AND a.customer_id = o.customer_id AND o.company_id IS NULL
LEFT JOIN email_root AS r ON r.email = coalesce(a.email, o.email_key)
