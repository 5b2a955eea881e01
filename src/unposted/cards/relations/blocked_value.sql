-- What is blocked for each absent party. The reporting value is rounded once, half-even, to the minor unit.
-- columns: party INTEGER, orders BIGINT, first_order_at TIMESTAMP, last_order_at TIMESTAMP, age_days INTEGER, blocked
--   BIGINT, blocked_net BIGINT
WITH total AS (
    SELECT
        party, count(*) AS orders, min(created_at) AS first_order_at, max(created_at) AS last_order_at,
        max(age) AS age_days, count(*) - count(exact_value) AS unknown_orders,
        sum(exact_value) AS exact_value, sum(exact_net) AS exact_net
    FROM blocked_order
    GROUP BY party
),
split AS (
    SELECT
        *,
        abs(exact_value) // 1000000000000000000 AS whole, abs(exact_value) % 1000000000000000000 AS rest,
        abs(exact_net) // 1000000000000000000 AS net_whole, abs(exact_net) % 1000000000000000000 AS net_rest
    FROM total
)
SELECT
    party, orders, first_order_at, last_order_at, age_days,
    CASE WHEN unknown_orders = 0 THEN CAST(sign(exact_value) * (whole + CASE
        WHEN rest > 500000000000000000 OR (rest = 500000000000000000 AND whole % 2 = 1) THEN 1 ELSE 0
    END) AS BIGINT) END AS blocked,
    CASE WHEN unknown_orders = 0 THEN CAST(sign(exact_net) * (net_whole + CASE
        WHEN net_rest > 500000000000000000 OR (net_rest = 500000000000000000 AND net_whole % 2 = 1) THEN 1 ELSE 0
    END) AS BIGINT) END AS blocked_net
FROM split
