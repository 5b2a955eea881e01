-- What each party or contact comes to in its step of the bridge: the value of the orders that decided, rounded once, half-even.
-- An absent party's are the blocked orders, so that the last step is the headline.
-- columns: key VARCHAR, step VARCHAR, orders BIGINT, last_order_at TIMESTAMP, blocked BIGINT
WITH deciding AS (
    SELECT s.key, s.step, o.source_id, o.order_id
    FROM everyone_step AS s
    JOIN everyone_order AS o ON o.key = s.key AND o.step = s.decided_by
    WHERE s.step <> 'absent'
    UNION ALL
    SELECT p.key, 'absent', g.source_id, g.order_id
    FROM order_gap AS g
    JOIN open_party AS p ON p.party = g.party
),
total AS (
    SELECT
        d.key, d.step, count(*) AS orders, max(v.created_at) AS last_order_at,
        count(*) - count(v.exact_value) AS unknown_orders, sum(v.exact_value) AS exact_value
    FROM deciding AS d
    JOIN window_value AS v ON v.source_id = d.source_id AND v.order_id = d.order_id
    GROUP BY d.key, d.step
),
split AS (
    SELECT
        *, abs(exact_value) // 1000000000000000000 AS whole, abs(exact_value) % 1000000000000000000 AS rest
    FROM total
)
SELECT
    key, step, orders, last_order_at,
    CASE WHEN unknown_orders = 0 THEN CAST(sign(exact_value) * (whole + CASE
        WHEN rest > 500000000000000000 OR (rest = 500000000000000000 AND whole % 2 = 1) THEN 1 ELSE 0
    END) AS BIGINT) END AS blocked
FROM split
