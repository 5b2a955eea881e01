-- What is known of each pair to compare, one list a side: `kind=value`.
-- columns: party INTEGER, entity VARCHAR, account VARCHAR, is_company BOOLEAN, name VARCHAR, facts
--   VARCHAR[]
WITH fact AS (
    SELECT k.entity, k.account, list(DISTINCT k.kind || '=' || k.value) AS facts
    FROM known_master_key AS k
    WHERE EXISTS (SELECT 1 FROM near_candidate AS c WHERE c.entity = k.entity AND c.account = k.account)
    GROUP BY k.entity, k.account
),
record AS (
    SELECT entity, account, bool_or(is_company) AS is_company, min(name) AS name
    FROM known_master AS m
    WHERE EXISTS (SELECT 1 FROM near_candidate AS c WHERE c.entity = m.entity AND c.account = m.account)
    GROUP BY entity, account
)
SELECT c.party, c.entity, c.account, coalesce(r.is_company, FALSE) AS is_company, r.name, f.facts
FROM near_candidate AS c
LEFT JOIN record AS r ON r.entity = c.entity AND r.account = c.account
LEFT JOIN fact AS f ON f.entity = c.entity AND f.account = c.account
