-- inline
-- Orders placed at any time, each in the version that was known at the as-of instant.
SELECT v.*
FROM order_version AS v
WHERE v.source_id IN (:sources)
  AND CASE WHEN v.source_id IN (:unsynced_sources) THEN v.version = 1
           ELSE v.known_from <= :as_of AND v.known_to > :as_of END
