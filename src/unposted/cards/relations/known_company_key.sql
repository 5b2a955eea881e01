-- inline
-- Identity values of storefront company records as they were known at the as-of instant.
SELECT k.source_id, k.company_id, k.kind, k.nth, k.value
FROM company_key AS k
JOIN reading_source AS s ON s.source_id = k.source_id
WHERE CASE WHEN s.first_synced_at > :as_of THEN k.version = 1 ELSE k.known_from <= :as_of AND k.known_to > :as_of END
