-- The company that the store's B2B module links an order to: by the order itself, else its account, else its addresses.
-- Where two links of one kind name different companies, that kind tells nothing.
-- columns: source_id SMALLINT, order_id VARCHAR, company_id VARCHAR
WITH link AS (
    SELECT o.source_id, o.order_id, 1 AS rank, l.company_id
    FROM known_company_link AS l
    JOIN known_order AS o ON o.source_id = l.source_id AND o.order_id = l.value
    WHERE l.linked_by = 'order'
    UNION
    SELECT o.source_id, o.order_id, 2, l.company_id
    FROM known_company_link AS l
    JOIN known_order AS o ON o.source_id = l.source_id AND o.customer_id = l.value
    WHERE l.linked_by = 'customer'
    UNION
    SELECT o.source_id, o.order_id, 3, l.company_id
    FROM known_company_link AS l
    JOIN known_order AS o ON o.source_id = l.source_id AND o.email_key = l.value
    WHERE l.linked_by = 'email'
    UNION
    SELECT k.source_id, k.order_id, 3, l.company_id
    FROM known_company_link AS l
    JOIN known_order_key AS k ON k.source_id = l.source_id AND k.kind = 'email' AND k.value = l.value
    WHERE l.linked_by = 'email'
),
clear AS (
    SELECT source_id, order_id, rank, min(company_id) AS company_id
    FROM link
    GROUP BY source_id, order_id, rank
    HAVING count(*) = 1
)
SELECT source_id, order_id, min_by(company_id, rank) AS company_id FROM clear GROUP BY source_id, order_id
