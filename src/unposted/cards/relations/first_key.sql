-- The key by which a party is present: the first of the field map that hits in an entity that its orders expect
-- (in any entity, when an order expects none).
-- columns: party INTEGER, rank INTEGER, kind VARCHAR
WITH expected AS (
    SELECT DISTINCT party, entity FROM party_order
),
hit AS (
    SELECT m.party, k.rank
    FROM party_match AS m
    JOIN match_key AS k ON k.kind = m.kind
    JOIN expected AS e ON e.party = m.party AND e.entity = m.entity
    UNION ALL
    SELECT m.party, k.rank
    FROM party_match AS m
    JOIN match_key AS k ON k.kind = m.kind
    JOIN expected AS e ON e.party = m.party AND e.entity IS NULL
),
first_rank AS (
    SELECT party, min(rank) AS rank FROM hit GROUP BY party
)
SELECT f.party, f.rank, k.kind FROM first_rank AS f JOIN match_key AS k ON k.rank = f.rank
