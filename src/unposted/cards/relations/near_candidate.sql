-- The master records to compare with each absent party: those in its blocks, in the entities that lack it; the 40 that
-- share the rarest blocks, and all that share a near key with it (up to 40 of these).
-- columns: party INTEGER, entity VARCHAR, account VARCHAR, is_by_key BOOLEAN
WITH met AS (
    SELECT p.party, m.entity, m.account, p.kind, max(1000000 // m.records) AS rarity
    FROM near_party_block AS p
    JOIN near_member AS m ON m.kind = p.kind AND m.value = p.value
    WHERE m.word IS NULL OR EXISTS (SELECT 1 FROM near_party_word AS w WHERE w.party = p.party AND w.word = m.word)
    GROUP BY p.party, m.entity, m.account, p.kind
),
lacking AS (
    SELECT m.party, m.entity, m.account, FALSE AS is_by_key, m.rarity
    FROM met AS m
    WHERE EXISTS (SELECT 1 FROM party_lacking AS l WHERE l.party = m.party AND (l.entity = m.entity OR l.entity IS NULL))
    UNION ALL
    SELECT party, entity, account, TRUE, 1000000 FROM near_pair
),
ranked AS (
    SELECT
        party, entity, account, bool_or(is_by_key) AS is_by_key,
        row_number() OVER (
            PARTITION BY party ORDER BY bool_or(is_by_key) DESC, sum(rarity) DESC, entity, account
        ) AS place
    FROM lacking
    GROUP BY party, entity, account
)
SELECT party, entity, account, is_by_key FROM ranked WHERE place <= 40
