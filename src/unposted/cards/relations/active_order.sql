-- The orders that count: placed in the window, active by the status table, not edited into a newer order.
-- An order's company is its own, or the one that the store's B2B module links it to.
-- columns: source_id SMALLINT, order_id VARCHAR, customer_id VARCHAR, company_id VARCHAR, email_key VARCHAR, country
--   VARCHAR, tags VARCHAR
SELECT
    o.source_id, o.order_id, o.customer_id, coalesce(o.company_id, l.company_id) AS company_id, o.email_key,
    o.country, o.tags
FROM known_order AS o
JOIN order_state AS st ON st.source_id = o.source_id AND st.signals = o.signals AND st.state = 'active'
LEFT JOIN linked_company AS l ON l.source_id = o.source_id AND l.order_id = o.order_id
WHERE NOT EXISTS (
    SELECT 1 FROM replaced_order AS r WHERE r.source_id = o.source_id AND r.order_id = o.order_id
)
