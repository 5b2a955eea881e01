-- inline
-- The records of the customer masters as they were known at the as-of instant.
SELECT v.*
FROM master_version AS v
WHERE v.source_id IN (:sources)
  AND CASE WHEN v.source_id IN (:unsynced_sources) THEN v.version = 1
           ELSE v.known_from <= :masters_as_of AND v.known_to > :masters_as_of END
