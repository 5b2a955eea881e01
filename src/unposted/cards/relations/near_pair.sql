-- The master records that share a near key with an absent party, in an entity that lacks it.
-- (BETWEEN leaves one key to join by: only then does the scan itself skip most of what cannot meet it.)
-- columns: party INTEGER, entity VARCHAR, account VARCHAR, reason VARCHAR
WITH near AS (
    SELECT n.party, k.entity, k.account, n.reason
    FROM near_value AS n
    JOIN known_master_key AS k ON k.value = n.value AND k.kind BETWEEN n.kind AND n.kind
),
lacking AS (
    SELECT n.party, n.entity, n.account, n.reason
    FROM near AS n
    JOIN party_expected AS e ON e.party = n.party
    WHERE (e.is_unmapped AND NOT EXISTS (SELECT 1 FROM party_presence AS h WHERE h.party = n.party))
       OR EXISTS (SELECT 1 FROM party_order AS o WHERE o.party = n.party AND o.entity = n.entity)
)
SELECT DISTINCT l.party, l.entity, l.account, l.reason
FROM lacking AS l
WHERE NOT EXISTS (SELECT 1 FROM party_presence AS h WHERE h.party = l.party AND h.entity = l.entity)
