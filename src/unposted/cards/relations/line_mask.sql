-- Which kinds of keys find the party of each active order in an entity that the order expects: in any, when it expects none.
-- columns: party INTEGER, source_id SMALLINT, order_id VARCHAR, mask INTEGER
WITH anywhere AS (
    SELECT party, CAST(bit_or(mask) AS INTEGER) AS mask FROM hit_mask GROUP BY party
)
SELECT o.party, o.source_id, o.order_id, coalesce(h.mask, 0) AS mask
FROM party_order AS o
LEFT JOIN hit_mask AS h ON h.party = o.party AND h.entity = o.entity
WHERE o.entity IS NOT NULL
UNION ALL
SELECT o.party, o.source_id, o.order_id, coalesce(h.mask, 0)
FROM party_order AS o
LEFT JOIN anywhere AS h ON h.party = o.party
WHERE o.entity IS NULL
