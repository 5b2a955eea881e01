-- The orders that count: placed in the window, active by the status table, not edited into a newer order.
-- An order's company is its own, or the one that the B2B module links to the order, its account or its e-mail.
SELECT
    o.source_id, o.order_id, o.created_at, o.currency, o.total - o.refunded AS value, o.net,
    o.customer_id, coalesce(o.company_id, by_order.company_id, by_customer.company_id, by_email.company_id) AS company_id,
    o.email_key, o.country, o.tags, o.b2b
FROM known_order AS o
JOIN order_state AS st ON st.source_id = o.source_id AND st.signals = o.signals AND st.state = 'active'
LEFT JOIN known_company_link AS by_order
    ON by_order.source_id = o.source_id AND by_order.linked_by = 'order' AND by_order.value = o.order_id
LEFT JOIN known_company_link AS by_customer
    ON by_customer.source_id = o.source_id AND by_customer.linked_by = 'customer' AND by_customer.value = o.customer_id
LEFT JOIN known_company_link AS by_email
    ON by_email.source_id = o.source_id AND by_email.linked_by = 'email' AND by_email.value = o.email_key
WHERE NOT EXISTS (
    SELECT 1 FROM replaced_order AS r WHERE r.source_id = o.source_id AND r.order_id = o.order_id
)
