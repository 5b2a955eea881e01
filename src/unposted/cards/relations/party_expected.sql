-- The entities that an absent party's orders expect, and which of them lack it.
-- columns: party INTEGER, expected_entities VARCHAR[], missing_entities VARCHAR[], expected_count BIGINT,
--   first_entity VARCHAR, is_unmapped BOOLEAN
WITH expected AS (
    SELECT DISTINCT o.party, o.entity FROM party_order AS o JOIN absent_party AS a ON a.party = o.party
),
judged AS (
    SELECT e.party, e.entity, h.entity IS NULL AND e.entity IS NOT NULL AS is_missing
    FROM expected AS e
    LEFT JOIN party_presence AS h ON h.party = e.party AND h.entity = e.entity
)
SELECT
    party,
    list_sort(list(entity) FILTER (entity IS NOT NULL)) AS expected_entities,
    list_sort(list(entity) FILTER (is_missing)) AS missing_entities,
    count(entity) AS expected_count,
    min(entity) AS first_entity,
    count(*) > count(entity) AS is_unmapped
FROM judged
GROUP BY party
