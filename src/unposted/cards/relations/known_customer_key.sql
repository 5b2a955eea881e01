-- inline
-- Identity values of storefront customer records as they were known at the as-of instant.
SELECT k.source_id, k.customer_id, k.kind, k.nth, k.value
FROM customer_key AS k
WHERE k.source_id IN (:sources)
  AND CASE WHEN k.source_id IN (:unsynced_sources) THEN k.version = 1
           ELSE k.known_from <= :as_of AND k.known_to > :as_of END
