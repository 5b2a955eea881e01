-- The parties that would be absent under each set of keys, with what would be blocked, rounded once, half-even.
-- columns: key_set INTEGER, party INTEGER, blocked BIGINT
WITH total AS (
    SELECT s.key_set, m.party, sum(m.unknown_orders) AS unknown_orders, sum(m.exact_value) AS exact_value
    FROM party_miss AS m
    JOIN key_set AS s ON (m.misses & s.bit) <> 0
    GROUP BY s.key_set, m.party
),
split AS (
    SELECT
        *, abs(exact_value) // 1000000000000000000 AS whole, abs(exact_value) % 1000000000000000000 AS rest
    FROM total
)
SELECT
    key_set, party,
    CASE WHEN unknown_orders = 0 THEN CAST(sign(exact_value) * (whole + CASE
        WHEN rest > 500000000000000000 OR (rest = 500000000000000000 AND whole % 2 = 1) THEN 1 ELSE 0
    END) AS BIGINT) END AS blocked
FROM split
