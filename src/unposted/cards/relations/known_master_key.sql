-- inline
-- Identity values of the customer masters as they were known at the as-of instant.
SELECT k.entity, k.account, k.kind, k.value
FROM master_key AS k
WHERE k.source_id IN (:sources)
  AND CASE WHEN k.source_id IN (:unsynced_sources) THEN k.version = 1
           ELSE k.known_from <= :masters_as_of AND k.known_to > :masters_as_of END
