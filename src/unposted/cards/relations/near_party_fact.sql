-- What is known of each absent party that has anything to compare, one list: `kind=value`.
-- columns: party INTEGER, is_company BOOLEAN, names VARCHAR[], facts VARCHAR[]
WITH fact AS (
    SELECT party, list(DISTINCT kind || '=' || value) AS facts FROM absent_value GROUP BY party
),
called AS (
    SELECT party, list_sort(list(name)) AS names FROM near_name GROUP BY party
)
SELECT c.party, p.is_company, n.names, f.facts
FROM (SELECT DISTINCT party FROM near_candidate) AS c
JOIN open_party AS p ON p.party = c.party
LEFT JOIN called AS n ON n.party = c.party
LEFT JOIN fact AS f ON f.party = c.party
