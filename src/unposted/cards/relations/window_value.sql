-- What every order and quote of the window comes to less refunds: exact and unrounded, in the reporting currency
-- (in units of 10^-18 minor units; null without a rate).
-- columns: source_id SMALLINT, order_id VARCHAR, created_at TIMESTAMP, exact_value HUGEINT
SELECT
    o.source_id, o.order_id, o.created_at, CAST(o.total - o.refunded AS HUGEINT) * f.factor AS exact_value
FROM known_order AS o
JOIN window_day AS d ON o.created_at >= d.starts_at AND o.created_at < d.ends_at
LEFT JOIN fx_rate AS f ON f.day = d.day AND f.currency = o.currency
