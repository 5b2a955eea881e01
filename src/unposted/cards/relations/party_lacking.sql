-- The entities in which an absent party is looked for under another key: those that its orders expect and that lack it;
-- every entity (null), when an order without one is blocked.
-- columns: party INTEGER, entity VARCHAR
SELECT DISTINCT o.party, o.entity
FROM party_order AS o
JOIN absent_party AS a ON a.party = o.party
WHERE o.entity IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM party_presence AS h WHERE h.party = o.party AND h.entity = o.entity)
UNION ALL
SELECT e.party, NULL
FROM party_expected AS e
WHERE e.is_unmapped AND NOT EXISTS (SELECT 1 FROM party_presence AS h WHERE h.party = e.party)
