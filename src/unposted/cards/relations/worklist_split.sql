-- How the worklist splits: every line falls in one bucket of each split.
-- columns: split VARCHAR, bucket VARCHAR, lines BIGINT, blocked HUGEINT
WITH line AS (
    SELECT
        unnest(['segment', 'platform', 'store', 'entity', 'status']) AS split,
        unnest([
            segment,
            CASE WHEN len(platforms) = 1 THEN platforms[1] ELSE 'several' END,
            CASE WHEN len(stores) = 1 THEN stores[1] ELSE 'several' END,
            entity_bucket,
            status
        ]) AS bucket,
        blocked
    FROM worklist
)
SELECT split, bucket, count(*) AS lines, sum(blocked) AS blocked FROM line GROUP BY split, bucket
