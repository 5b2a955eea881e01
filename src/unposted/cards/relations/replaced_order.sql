-- Orders that were edited into a newer one, which stands for them.
SELECT DISTINCT v.source_id, v.replaces AS order_id
FROM order_version AS v
JOIN reading_source AS s ON s.source_id = v.source_id
WHERE v.replaces IS NOT NULL AND v.created_at <= :as_of
  AND CASE WHEN s.first_synced_at > :as_of THEN v.version = 1 ELSE v.known_from <= :as_of AND v.known_to > :as_of END
