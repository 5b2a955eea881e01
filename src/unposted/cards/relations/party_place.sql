-- Where an absent party's active orders in the window were placed.
SELECT
    o.party,
    array_agg(DISTINCT s.name ORDER BY s.name) AS stores,
    array_agg(DISTINCT s.platform ORDER BY s.platform) AS platforms,
    bool_or(coalesce(s.segment = 'b2b', FALSE)) AS store_is_b2b,
    bool_or(o.b2b) AS order_is_b2b,
    max(o.order_name) AS order_name,
    max_by(o.buyer_name, o.created_at) FILTER (o.buyer_name IS NOT NULL) AS buyer_name,
    max_by(o.company_name, o.created_at) FILTER (o.company_name IS NOT NULL) AS company_name
FROM absent_order AS o
JOIN store AS s ON s.source_id = o.source_id
GROUP BY o.party
