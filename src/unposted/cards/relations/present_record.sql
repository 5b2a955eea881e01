-- The master records that parties that are not absent meet, and what is wrong with each: `flaw` is null when nothing is.
-- Where two sources show the same record, one that is sound is enough.
-- columns: party INTEGER, entity VARCHAR, account VARCHAR, flaw VARCHAR, words VARCHAR
WITH held AS (
    SELECT DISTINCT m.party, m.entity, m.account
    FROM party_match AS m
    WHERE NOT EXISTS (SELECT 1 FROM absent_party AS a WHERE a.party = m.party)
),
record AS (
    SELECT
        m.entity, m.account, max(m.blocked) AS blocked,
        bool_or(m.blocked <> '' AND m.blocked NOT LIKE 'missing: %') AS is_blocked
    FROM known_master AS m
    WHERE m.blocked <> '' OR m.one_time
    GROUP BY m.entity, m.account
),
sound AS (
    SELECT DISTINCT m.entity, m.account
    FROM record AS r
    JOIN known_master AS m ON m.entity = r.entity AND m.account = r.account
    WHERE m.blocked = '' AND NOT m.one_time
)
SELECT
    h.party, h.entity, h.account,
    CASE WHEN r.account IS NULL OR s.account IS NOT NULL THEN NULL
         WHEN r.is_blocked THEN 'blocked' WHEN r.blocked <> '' THEN 'incomplete' ELSE 'one_time' END AS flaw,
    CASE WHEN r.account IS NULL OR s.account IS NOT NULL THEN NULL
         WHEN r.blocked <> '' THEN r.blocked ELSE 'one-time customer' END AS words
FROM held AS h
LEFT JOIN record AS r ON r.entity = h.entity AND r.account = h.account
LEFT JOIN sound AS s ON s.entity = h.entity AND s.account = h.account
