-- inline
-- Which orders are bought for a company, as it was known; a value that two companies claim tells nothing and is left out.
SELECT v.source_id, v.linked_by, v.value, min(v.company_id) AS company_id
FROM company_link_version AS v
WHERE v.source_id IN (:sources)
  AND CASE WHEN v.source_id IN (:unsynced_sources) THEN v.version = 1
           ELSE v.known_from <= :as_of AND v.known_to > :as_of END
GROUP BY v.source_id, v.linked_by, v.value
HAVING count(DISTINCT v.company_id) = 1
