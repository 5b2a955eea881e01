-- The parties that are absent under a set of keys and not under the field map's own, or the other way round.
-- columns: key_set INTEGER, party INTEGER, change VARCHAR, blocked BIGINT
WITH own AS (
    SELECT p.party, p.blocked FROM policy_party AS p JOIN key_set AS s ON s.key_set = p.key_set AND s.is_configured
)
SELECT p.key_set, p.party, 'enters' AS change, p.blocked
FROM policy_party AS p
JOIN key_set AS s ON s.key_set = p.key_set AND NOT s.is_configured
WHERE NOT EXISTS (SELECT 1 FROM own AS o WHERE o.party = p.party)
UNION ALL
SELECT s.key_set, o.party, 'leaves', o.blocked
FROM own AS o
JOIN key_set AS s ON NOT s.is_configured
WHERE NOT EXISTS (SELECT 1 FROM policy_party AS p WHERE p.key_set = s.key_set AND p.party = o.party)
