-- The orders and quotes of the window that do not count, and why: `step` is the state, or that a newer order stands for it.
-- columns: source_id SMALLINT, order_id VARCHAR, customer_id VARCHAR, company_id VARCHAR, email_key VARCHAR, step VARCHAR
SELECT
    o.source_id, o.order_id, o.customer_id, coalesce(o.company_id, l.company_id) AS company_id, o.email_key,
    CASE
        WHEN r.order_id IS NOT NULL THEN 'superseded'
        WHEN st.state = 'quote' THEN 'quote_only'
        ELSE st.state
    END AS step
FROM known_order AS o
JOIN order_state AS st ON st.source_id = o.source_id AND st.signals = o.signals
LEFT JOIN linked_company AS l ON l.source_id = o.source_id AND l.order_id = o.order_id
LEFT JOIN replaced_order AS r ON r.source_id = o.source_id AND r.order_id = o.order_id
WHERE st.state <> 'active' OR r.order_id IS NOT NULL
