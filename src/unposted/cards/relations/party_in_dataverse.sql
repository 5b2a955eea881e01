-- Absent parties that stand in Dataverse and were never promoted.
-- columns: party INTEGER
SELECT DISTINCT p.party
FROM party_probe AS p
JOIN absent_party AS a ON a.party = p.party
JOIN known_staged_key AS k ON k.kind = p.kind AND k.value = p.value
JOIN unpromoted AS u ON u.source_id = k.source_id AND u.kind = k.staged_kind AND u.record_id = k.record_id
