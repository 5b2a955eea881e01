-- The entities that the orders of those expect whom a list means.
-- columns: key VARCHAR, entities VARCHAR[]
SELECT o.party AS key, list_sort(list(DISTINCT o.entity)) AS entities
FROM order_entity AS o
WHERE o.entity IS NOT NULL AND EXISTS (SELECT 1 FROM list_hit AS h WHERE h.key = o.party)
GROUP BY o.party
