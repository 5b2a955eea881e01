-- What near keys say: for each, the first master record of an entity that lacks the party, by its account number.
-- (However many records share a value, one a party is enough to know that it looks like an existing record.)
-- columns: party INTEGER, entity VARCHAR, account VARCHAR, reason VARCHAR
WITH first_record AS (
    SELECT k.kind, k.value, k.entity, min(k.account) AS account
    FROM (SELECT DISTINCT kind, value FROM near_value) AS n
    JOIN known_master_key AS k ON k.value = n.value AND k.kind BETWEEN n.kind AND n.kind
    GROUP BY k.kind, k.value, k.entity
),
lacking AS (
    SELECT n.party, f.entity, f.account, n.reason
    FROM near_value AS n
    JOIN first_record AS f ON f.kind = n.kind AND f.value = n.value
    JOIN party_expected AS e ON e.party = n.party
    WHERE (e.is_unmapped AND NOT EXISTS (SELECT 1 FROM party_presence AS h WHERE h.party = n.party))
       OR EXISTS (SELECT 1 FROM party_order AS o WHERE o.party = n.party AND o.entity = f.entity)
)
SELECT l.party, l.entity, l.account, l.reason
FROM lacking AS l
WHERE NOT EXISTS (SELECT 1 FROM party_presence AS h WHERE h.party = l.party AND h.entity = l.entity)
