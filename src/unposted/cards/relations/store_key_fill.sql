-- How many parties with active orders in the window have no usable value of each kind of key.
-- columns: kind VARCHAR, parties BIGINT, lacking BIGINT
SELECT b.kind, t.parties, t.parties - count(v.party) AS lacking
FROM key_bit AS b
CROSS JOIN (SELECT count(*) AS parties FROM open_party) AS t
LEFT JOIN (SELECT DISTINCT party, kind FROM party_value) AS v ON v.kind = b.kind
GROUP BY b.kind, t.parties
