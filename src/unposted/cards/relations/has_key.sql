-- Absent parties that have anything at all to match on.
-- columns: party INTEGER
SELECT DISTINCT v.party
FROM absent_value AS v
JOIN match_key AS m ON m.kind = v.kind
