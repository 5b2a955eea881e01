-- The parties that are absent under a set of keys and not under the field map's own, or the other way round.
-- columns: key_set INTEGER, place BIGINT, party VARCHAR, kind VARCHAR, name VARCHAR, stores VARCHAR[], change VARCHAR,
--   blocked BIGINT
WITH own AS (
    SELECT p.party, p.blocked FROM policy_party AS p JOIN key_set AS s ON s.key_set = p.key_set AND s.is_configured
),
flipped AS (
    SELECT p.key_set, p.party, 'enters' AS change, p.blocked
    FROM policy_party AS p
    JOIN key_set AS s ON s.key_set = p.key_set AND NOT s.is_configured
    WHERE NOT EXISTS (SELECT 1 FROM own AS o WHERE o.party = p.party)
    UNION ALL
    SELECT s.key_set, o.party, 'leaves', o.blocked
    FROM own AS o
    JOIN key_set AS s ON NOT s.is_configured
    WHERE NOT EXISTS (SELECT 1 FROM policy_party AS p WHERE p.key_set = s.key_set AND p.party = o.party)
),
named AS (
    SELECT
        f.key_set, f.change, f.blocked, n.name, n.stores,
        CASE WHEN p.is_company THEN 'c-' ELSE 'p-' END || substr(sha256(p.key), 1, 16) AS party,
        CASE WHEN p.is_company THEN 'company' ELSE 'person' END AS kind
    FROM flipped AS f
    JOIN open_party AS p ON p.party = f.party
    JOIN everyone_name AS n ON n.key = p.key
)
SELECT
    key_set, row_number() OVER (PARTITION BY key_set ORDER BY change, blocked DESC NULLS LAST, party) AS place,
    party, kind, name, stores, change, blocked
FROM named
