-- The identity values of absent parties, each once.
-- columns: party INTEGER, kind VARCHAR, value VARCHAR
SELECT DISTINCT v.party, v.kind, v.value
FROM party_value AS v
JOIN absent_party AS a ON a.party = v.party
