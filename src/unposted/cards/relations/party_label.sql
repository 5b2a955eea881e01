-- What every party with active orders is called: outside of the store without telling who it is, and for people.
-- columns: party INTEGER, label VARCHAR, kind VARCHAR, name VARCHAR, stores VARCHAR[]
SELECT
    p.party, CASE WHEN p.is_company THEN 'c-' ELSE 'p-' END || substr(sha256(p.key), 1, 16) AS label,
    CASE WHEN p.is_company THEN 'company' ELSE 'person' END AS kind, n.name, n.stores
FROM open_party AS p
JOIN everyone_name AS n ON n.key = p.key
