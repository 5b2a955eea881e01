-- inline
-- Identity values of Dataverse records as they were known at the as-of instant.
SELECT k.source_id, k.staged_kind, k.record_id, k.kind, k.value
FROM staged_key AS k
WHERE k.source_id IN (:sources)
  AND CASE WHEN k.source_id IN (:unsynced_sources) THEN k.version = 1
           ELSE k.known_from <= :masters_as_of AND k.known_to > :masters_as_of END
