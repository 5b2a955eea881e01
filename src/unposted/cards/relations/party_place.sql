-- Where an absent party's active orders in the window were placed, and whom the newest of them that tells names.
-- columns: party INTEGER, stores VARCHAR[], platforms VARCHAR[], store_is_b2b BOOLEAN, order_is_b2b BOOLEAN,
--   order_name VARCHAR, buyer_name VARCHAR, company_name VARCHAR
WITH placed AS (
    SELECT
        o.party, o.order_name, o.buyer_name, o.company_name, (-epoch_us(o.created_at), s.name, o.order_id) AS newest_first,
        s.name AS store, s.platform, coalesce(s.segment = 'b2b', FALSE) AS store_is_b2b,
        o.b2b OR o.company_name IS NOT NULL AS order_is_b2b
    FROM absent_order AS o
    JOIN store AS s ON s.source_id = o.source_id
)
SELECT
    party, list_sort(list_distinct(list(store))) AS stores, list_sort(list_distinct(list(platform))) AS platforms,
    bool_or(store_is_b2b) AS store_is_b2b, bool_or(order_is_b2b) AS order_is_b2b, max(order_name) AS order_name,
    arg_min(buyer_name, newest_first) FILTER (buyer_name IS NOT NULL) AS buyer_name,
    arg_min(company_name, newest_first) FILTER (company_name IS NOT NULL) AS company_name
FROM placed
GROUP BY party
