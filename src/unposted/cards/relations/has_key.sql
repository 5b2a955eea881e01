-- Absent parties that have anything at all to match on.
SELECT DISTINCT v.party
FROM absent_value AS v
JOIN match_key AS m ON m.kind = v.kind
