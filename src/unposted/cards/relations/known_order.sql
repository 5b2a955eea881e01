-- inline
-- Orders placed in the window, each in the version that was known at the as-of instant.
-- Before a source's first sync every order stands in its earliest version.
SELECT v.*
FROM order_version AS v
WHERE v.source_id IN (:sources)
  AND v.created_at BETWEEN :window_start AND :window_end
  AND CASE WHEN v.source_id IN (:unsynced_sources) THEN v.version = 1
           ELSE v.known_from <= :as_of AND v.known_to > :as_of END
