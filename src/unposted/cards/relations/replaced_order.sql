-- Orders that were edited into a newer one, which stands for them.
-- columns: source_id SMALLINT, order_id VARCHAR
SELECT DISTINCT v.source_id, v.replaces AS order_id
FROM order_version AS v
WHERE v.source_id IN (:sources)
  AND v.replaces IS NOT NULL AND v.created_at <= :placed_by
  AND CASE WHEN v.source_id IN (:unsynced_sources) THEN v.version = 1
           ELSE v.known_from <= :as_of AND v.known_to > :as_of END
