-- How the worklist splits: every line falls in one bucket of each split.
WITH bucket AS (
    SELECT
        segment,
        CASE WHEN len(platforms) = 1 THEN platforms[1] ELSE 'several' END AS platform,
        CASE WHEN len(stores) = 1 THEN stores[1] ELSE 'several' END AS store,
        entity_bucket AS entity,
        status,
        blocked
    FROM worklist
)
SELECT 'segment' AS split, segment AS bucket, count(*) AS lines, sum(blocked) AS blocked FROM bucket GROUP BY segment
UNION ALL
SELECT 'platform', platform, count(*), sum(blocked) FROM bucket GROUP BY platform
UNION ALL
SELECT 'store', store, count(*), sum(blocked) FROM bucket GROUP BY store
UNION ALL
SELECT 'entity', entity, count(*), sum(blocked) FROM bucket GROUP BY entity
UNION ALL
SELECT 'status', status, count(*), sum(blocked) FROM bucket GROUP BY status
