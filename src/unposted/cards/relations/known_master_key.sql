-- inline
-- Identity values of the customer masters as they were known at the as-of instant.
SELECT k.entity, k.account, k.kind, k.value
FROM master_key AS k
JOIN reading_source AS s ON s.source_id = k.source_id
WHERE CASE WHEN s.first_synced_at > :as_of THEN k.version = 1 ELSE k.known_from <= :as_of AND k.known_to > :as_of END
