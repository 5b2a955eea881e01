-- What the storefronts' own records call an absent party: the first record that has a name, by store and id.
-- columns: party INTEGER, name VARCHAR
WITH named AS (
    SELECT party, name, source_id, customer_id AS id FROM absent_account WHERE name IS NOT NULL
    UNION ALL
    SELECT party, name, source_id, company_id FROM absent_company WHERE name IS NOT NULL
)
SELECT n.party, min_by(n.name, s.name || '|' || n.id) AS name
FROM named AS n
JOIN store AS s ON s.source_id = n.source_id
GROUP BY n.party
