-- Parties still to be judged: those with an order whose own e-mail address is not in the master of its entity.
-- (One value that hits is enough to be present, so the others need no further look.)
-- From here on a party is a number of this reading; `key` is what it stands under.
-- columns: party INTEGER, key VARCHAR, is_company BOOLEAN, is_person BOOLEAN
WITH master_email AS (
    SELECT k.entity, k.value
    FROM known_master_key AS k
    JOIN match_key AS m ON m.kind = k.kind
    WHERE k.kind = 'email'
),
unsettled AS (
    SELECT DISTINCT o.party
    FROM master_email AS m
    RIGHT JOIN order_entity AS o ON o.email_key = m.value AND o.entity = m.entity
    WHERE m.value IS NULL
)
SELECT
    CAST(row_number() OVER () AS INTEGER) AS party, party AS key,
    party LIKE 'company|%' AS is_company, party LIKE 'person|%' AS is_person
FROM unsettled
