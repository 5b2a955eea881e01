-- Pairs of addresses that belong to one person, because an account or a guest's order shows both; in both directions.
-- columns: email VARCHAR, other VARCHAR
WITH pair AS (
    SELECT f.email AS first_email, a.email AS other_email
    FROM account_email AS a
    JOIN account_first_email AS f ON f.source_id = a.source_id AND f.customer_id = a.customer_id
    WHERE f.email <> a.email
    UNION
    SELECT g.first_email, e.email
    FROM (
        SELECT e.source_id, e.order_id, min(e.email) AS first_email
        FROM order_other_email AS e
        JOIN active_order AS o ON o.source_id = e.source_id AND o.order_id = e.order_id
        WHERE o.customer_id IS NULL AND o.company_id IS NULL
        GROUP BY e.source_id, e.order_id
    ) AS g
    JOIN order_other_email AS e ON e.source_id = g.source_id AND e.order_id = g.order_id
    WHERE g.first_email <> e.email
)
SELECT first_email AS email, other_email AS other FROM pair
UNION
SELECT other_email, first_email FROM pair
