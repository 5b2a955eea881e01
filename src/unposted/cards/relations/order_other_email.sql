-- All the addresses of those orders that show more than one.
-- columns: source_id SMALLINT, order_id VARCHAR, email VARCHAR
WITH other AS (
    SELECT source_id, order_id, value FROM known_order_key WHERE kind = 'email'
)
SELECT source_id, order_id, value AS email FROM other
UNION
SELECT o.source_id, o.order_id, o.email_key
FROM active_order AS o
WHERE o.email_key IS NOT NULL AND EXISTS (
    SELECT 1 FROM other AS x WHERE x.source_id = o.source_id AND x.order_id = o.order_id
)
