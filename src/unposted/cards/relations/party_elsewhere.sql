-- The entities that do hold an absent party, and the first key that says so.
-- columns: party INTEGER, exists_in VARCHAR[], is_conflict BOOLEAN, evidence VARCHAR
WITH held AS (
    SELECT m.party, m.entity, m.account, m.kind, k.rank
    FROM party_match AS m
    JOIN absent_party AS a ON a.party = m.party
    JOIN match_key AS k ON k.kind = m.kind
),
record AS (
    SELECT party, entity, count(DISTINCT account) AS accounts, min(rank) AS rank FROM held GROUP BY party, entity
),
first_key AS (
    SELECT h.party, h.entity, min(h.kind) AS kind, min(h.account) AS account
    FROM held AS h
    JOIN record AS r ON r.party = h.party AND r.entity = h.entity AND r.rank = h.rank
    GROUP BY h.party, h.entity
)
SELECT
    r.party,
    list_sort(list(r.entity)) AS exists_in,
    bool_or(r.accounts > 1) AS is_conflict,
    string_agg(f.kind || ' in ' || f.entity || ' (' || f.account || ')', '; ' ORDER BY f.entity) AS evidence
FROM record AS r
JOIN first_key AS f ON f.party = r.party AND f.entity = r.entity
GROUP BY r.party
