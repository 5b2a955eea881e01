-- The master records to look at in each block: all of a small one; of a large one (more than 50) the first 50 for each
-- word of their names, and the first 5 of all. So who shares a second thing with a party is looked at, however many
-- share the first.
-- columns: kind VARCHAR, value VARCHAR, word VARCHAR, entity VARCHAR, account VARCHAR, records BIGINT
WITH placed AS (
    SELECT
        m.kind, m.value, m.entity, m.account, b.records,
        row_number() OVER (PARTITION BY m.kind, m.value ORDER BY m.entity, m.account) AS place
    FROM near_master_block AS m
    JOIN near_block AS b ON b.kind = m.kind AND b.value = m.value
),
divided AS (
    SELECT
        kind, value, word, entity, account, count(*) OVER (PARTITION BY kind, value, word) AS records,
        row_number() OVER (PARTITION BY kind, value, word ORDER BY entity, account) AS place
    FROM near_large_word
)
SELECT kind, value, NULL AS word, entity, account, records
FROM placed
WHERE records <= 50 OR place <= 5
UNION ALL
SELECT kind, value, word, entity, account, records FROM divided WHERE place <= 50
