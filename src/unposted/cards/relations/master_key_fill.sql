-- How many records of the customer masters have no usable value of each kind of key.
-- columns: kind VARCHAR, records BIGINT, lacking BIGINT
WITH filled AS (
    SELECT k.kind, count(*) AS records
    FROM master_key AS k
    WHERE k.source_id IN (:sources) AND k.nth = 1
      AND CASE WHEN k.source_id IN (:unsynced_sources) THEN k.version = 1
               ELSE k.known_from <= :as_of AND k.known_to > :as_of END
    GROUP BY k.kind
)
SELECT b.kind, t.records, t.records - coalesce(f.records, 0) AS lacking
FROM key_bit AS b
CROSS JOIN (SELECT count(*) AS records FROM known_master) AS t
LEFT JOIN filled AS f ON f.kind = b.kind
