-- One line a party or contact of the window, with its step of the bridge: absent ones in the worklist's order.
-- columns: step VARCHAR, place BIGINT, key VARCHAR, party VARCHAR, kind VARCHAR, name VARCHAR, stores VARCHAR[],
--   blocked BIGINT, orders BIGINT, last_order_at TIMESTAMP
WITH line AS (
    SELECT
        v.step, v.key, v.blocked, v.orders, v.last_order_at, n.stores, coalesce(w.name, n.name) AS name, w.rank,
        CASE WHEN v.key LIKE 'company|%' THEN 'c-' ELSE 'p-' END || substr(sha256(v.key), 1, 16) AS party,
        CASE WHEN v.key LIKE 'company|%' THEN 'company' ELSE 'person' END AS kind
    FROM bridge_value AS v
    JOIN everyone_name AS n ON n.key = v.key
    LEFT JOIN worklist AS w
        ON w.party = CASE WHEN v.key LIKE 'company|%' THEN 'c-' ELSE 'p-' END || substr(sha256(v.key), 1, 16)
)
SELECT
    step, row_number() OVER (PARTITION BY step ORDER BY rank NULLS LAST, blocked DESC NULLS LAST, orders DESC, party)
        AS place,
    key, party, kind, name, stores, blocked, orders, last_order_at
FROM line
