-- What a party's orders come to, those together that are blocked under the same sets of keys.
-- columns: party INTEGER, misses BIGINT, unknown_orders BIGINT, exact_value HUGEINT
SELECT
    m.party, m.misses, count(*) - count(v.exact_value) AS unknown_orders, sum(v.exact_value) AS exact_value
FROM order_miss AS m
JOIN window_value AS v ON v.source_id = m.source_id AND v.order_id = m.order_id
GROUP BY m.party, m.misses
