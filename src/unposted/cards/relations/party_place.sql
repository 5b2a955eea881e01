-- Where an absent party's active orders in the window were placed.
SELECT
    o.party,
    array_agg(DISTINCT s.name ORDER BY s.name) AS stores,
    array_agg(DISTINCT s.platform ORDER BY s.platform) AS platforms,
    bool_or(coalesce(s.segment = 'b2b', FALSE)) AS store_is_b2b,
    bool_or(o.b2b OR o.company_name IS NOT NULL) AS order_is_b2b,
    max(o.order_name) AS order_name,
    (array_agg(o.buyer_name ORDER BY o.created_at DESC, s.name, o.order_id) FILTER (o.buyer_name IS NOT NULL))[1] AS buyer_name,
    (array_agg(o.company_name ORDER BY o.created_at DESC, s.name, o.order_id) FILTER (o.company_name IS NOT NULL))[1] AS company_name
FROM absent_order AS o
JOIN store AS s ON s.source_id = o.source_id
GROUP BY o.party
