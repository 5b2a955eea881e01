-- The one step of the bridge that each party or contact of the window falls in, and of which state its deciding orders are.
-- Active orders decide: is the party present, by which key, or absent. Without any, the state nearest to counting does.
-- columns: key VARCHAR, step VARCHAR, decided_by VARCHAR
WITH nearest AS (
    SELECT
        o.key, max(CASE o.step
            WHEN 'quote_only' THEN 1 WHEN 'incomplete' THEN 2 WHEN 'test' THEN 3 WHEN 'superseded' THEN 4
            WHEN 'cancelled' THEN 5 WHEN 'refunded' THEN 6 ELSE 7
        END) AS place
    FROM everyone_order AS o
    GROUP BY o.key
),
state AS (
    SELECT key, CASE place
        WHEN 1 THEN 'quote_only' WHEN 2 THEN 'incomplete' WHEN 3 THEN 'test' WHEN 4 THEN 'superseded'
        WHEN 5 THEN 'cancelled' WHEN 6 THEN 'refunded' ELSE 'active'
    END AS decided_by
    FROM nearest
)
SELECT
    s.key,
    CASE
        WHEN s.decided_by <> 'active' THEN s.decided_by
        WHEN a.party IS NOT NULL THEN 'absent'
        ELSE 'present_by_' || f.kind
    END AS step,
    s.decided_by
FROM state AS s
LEFT JOIN open_party AS p ON p.key = s.key
LEFT JOIN absent_party AS a ON a.party = p.party
LEFT JOIN first_key AS f ON f.party = p.party
