-- The blocked orders: an entity they expect lacks their party; without any expected entity, all entities do.
-- columns: party INTEGER, source_id SMALLINT, order_id VARCHAR
SELECT DISTINCT o.party, o.source_id, o.order_id
FROM party_order AS o
WHERE (
    o.entity IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM party_presence AS h WHERE h.party = o.party AND h.entity = o.entity)
) OR (
    o.entity IS NULL
    AND NOT EXISTS (SELECT 1 FROM party_presence AS h WHERE h.party = o.party)
)
