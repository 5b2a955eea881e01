-- The master records to compare with each absent party: those that near keys hit, and those in its blocks, in entities
-- that lack it; of more than 40, the ones that share the rarest blocks.
-- columns: party INTEGER, entity VARCHAR, account VARCHAR
WITH shared AS (
    SELECT p.party, m.entity, m.account, p.kind, m.records
    FROM near_party_block AS p
    JOIN near_member AS m ON m.kind = p.kind AND m.value = p.value
    WHERE m.word IS NULL
    UNION ALL
    SELECT p.party, m.entity, m.account, p.kind, m.records
    FROM near_party_block AS p
    JOIN near_party_word AS w ON w.party = p.party
    JOIN near_member AS m ON m.kind = p.kind AND m.value = p.value AND m.word = w.word
),
met AS (
    SELECT party, entity, account, kind, max(1000000 // records) AS rarity
    FROM shared
    GROUP BY party, entity, account, kind
    UNION ALL
    SELECT party, entity, account, reason, 100000000 FROM near_hit
),
ranked AS (
    SELECT
        m.party, m.entity, m.account,
        row_number() OVER (PARTITION BY m.party ORDER BY sum(m.rarity) DESC, m.entity, m.account) AS place
    FROM met AS m
    JOIN party_lacking AS l ON l.party = m.party AND coalesce(l.entity, m.entity) = m.entity
    GROUP BY m.party, m.entity, m.account
)
SELECT party, entity, account FROM ranked WHERE place <= 40
