-- The master records that two parties meet, and those that one party meets beside another of the same entity.
-- columns: party INTEGER, entity VARCHAR, account VARCHAR, flaw VARCHAR, others BIGINT
WITH held AS (
    SELECT DISTINCT party, entity, account FROM party_match
),
counted AS (
    SELECT
        party, entity, account,
        count(*) OVER (PARTITION BY party, entity) AS records, count(*) OVER (PARTITION BY entity, account) AS parties
    FROM held
)
SELECT party, entity, account, 'two_records' AS flaw, records - 1 AS others FROM counted WHERE records > 1
UNION ALL
SELECT party, entity, account, 'two_parties', parties - 1 FROM counted WHERE parties > 1
