-- The blocked orders with their day and, exact and unrounded, their value in the reporting currency
-- (in units of 10^-18 minor units; null without a rate).
-- columns: party INTEGER, source_id SMALLINT, order_id VARCHAR, created_at TIMESTAMP, currency VARCHAR, value BIGINT,
--   net BIGINT, age INTEGER, exact_value HUGEINT, exact_net HUGEINT, origin VARCHAR
SELECT
    o.party, o.source_id, o.order_id, o.created_at, o.currency, o.value, o.net, d.age,
    CAST(o.value AS HUGEINT) * f.factor AS exact_value,
    CAST(o.net AS HUGEINT) * f.factor AS exact_net,
    f.origin
FROM absent_order AS o
JOIN window_day AS d ON o.created_at >= d.starts_at AND o.created_at < d.ends_at
LEFT JOIN fx_rate AS f ON f.day = d.day AND f.currency = o.currency
WHERE o.is_blocked
