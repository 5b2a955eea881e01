-- inline
-- Storefront company records as they were known at the as-of instant.
SELECT v.*
FROM company_version AS v
JOIN reading_source AS s ON s.source_id = v.source_id
WHERE CASE WHEN s.first_synced_at > :as_of THEN v.version = 1 ELSE v.known_from <= :as_of AND v.known_to > :as_of END
