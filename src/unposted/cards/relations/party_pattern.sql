-- How many parties are found by the same kinds of keys and missed under the same sets of keys: what each key carries.
-- columns: mask INTEGER, misses BIGINT, parties BIGINT
SELECT mask, misses, count(*) AS parties
FROM (
    SELECT party, CAST(bit_or(mask) AS INTEGER) AS mask, CAST(bit_or(misses) AS BIGINT) AS misses
    FROM order_miss
    GROUP BY party
)
GROUP BY mask, misses
