-- What the storefronts call each party or contact: its own record's name, else that on its newest order that shows one,
-- else the order's address, else the order's number. Orders that count tell before those that do not, and where it bought.
-- columns: key VARCHAR, name VARCHAR, stores VARCHAR[]
WITH placed AS (
    SELECT
        e.key, o.name AS order_name, o.email, s.name AS store, e.step,
        (e.step <> 'active', -epoch_us(o.created_at), s.name, o.order_id) AS newest_first,
        CASE WHEN e.company_id IS NULL THEN o.buyer_name ELSE o.company_name END AS shown_name,
        coalesce(a.name, c.name) AS record_name, s.name || '|' || coalesce(e.company_id, e.customer_id) AS record_place
    FROM everyone_order AS e
    JOIN known_order AS o ON o.source_id = e.source_id AND o.order_id = e.order_id
    JOIN store AS s ON s.source_id = e.source_id
    LEFT JOIN known_customer AS a
        ON a.customer_id = CASE WHEN e.company_id IS NULL THEN e.customer_id END
        AND a.source_id BETWEEN e.source_id AND e.source_id
    LEFT JOIN known_company AS c ON c.company_id = e.company_id AND c.source_id = e.source_id
)
SELECT
    key,
    coalesce(
        arg_min(record_name, record_place) FILTER (record_name IS NOT NULL),
        arg_min(shown_name, newest_first) FILTER (shown_name IS NOT NULL),
        min(email), 'Order ' || max(order_name)
    ) AS name,
    list_sort(list_distinct(coalesce(list(store) FILTER (step = 'active'), list(store)))) AS stores
FROM placed
GROUP BY key
