-- inline
-- The other identity values of the orders in the window, as they were known.
SELECT k.source_id, k.order_id, k.kind, k.value
FROM order_key AS k
WHERE k.source_id IN (:sources)
  AND k.created_at BETWEEN :window_start AND :window_end
  AND CASE WHEN k.source_id IN (:unsynced_sources) THEN k.version = 1
           ELSE k.known_from <= :as_of AND k.known_to > :as_of END
