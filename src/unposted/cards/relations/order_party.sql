-- inline
-- The party of each active order: the company it was bought for, else the person.
-- A person stands under an e-mail address, else under the store's customer id, else alone under the order.
SELECT
    o.source_id, o.order_id, o.customer_id, o.company_id, o.email_key, o.country,
    CASE
        WHEN o.company_id IS NOT NULL
            THEN 'company|' || coalesce(c.root, o.source_id || '|' || o.company_id)
        WHEN coalesce(f.email, o.email_key) IS NOT NULL
            THEN 'person|' || coalesce(r.root, f.email, o.email_key)
        WHEN o.customer_id IS NOT NULL
            THEN 'account|' || o.source_id || '|' || o.customer_id
        ELSE 'guest|' || o.source_id || '|' || o.order_id
    END AS party
FROM active_order AS o
LEFT JOIN company_root AS c ON c.company = o.source_id || '|' || o.company_id
LEFT JOIN account_first_email AS f ON f.source_id = o.source_id AND f.customer_id = o.customer_id
LEFT JOIN email_root AS r ON r.email = coalesce(f.email, o.email_key)
