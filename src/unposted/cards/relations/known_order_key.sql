-- inline
-- The other identity values of the orders in the window, as they were known.
SELECT k.source_id, k.order_id, k.kind, k.value
FROM order_key AS k
JOIN reading_source AS s ON s.source_id = k.source_id
WHERE k.created_at BETWEEN :window_start AND :window_end
  AND CASE WHEN s.first_synced_at > :as_of THEN k.version = 1 ELSE k.known_from <= :as_of AND k.known_to > :as_of END
