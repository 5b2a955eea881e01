-- Under which sets of keys each active order is blocked (a bit each, key_miss): an entity that it expects is not hit.
-- columns: party INTEGER, source_id SMALLINT, order_id VARCHAR, misses BIGINT, mask INTEGER
SELECT
    o.party, o.source_id, o.order_id, CAST(bit_or(m.misses) AS BIGINT) AS misses, CAST(bit_or(o.mask) AS INTEGER) AS mask
FROM line_mask AS o
JOIN key_miss AS m ON m.mask = o.mask
GROUP BY o.party, o.source_id, o.order_id
