-- The master records that an open party meets, and by which key.
-- (BETWEEN leaves one key to join by: only then does the scan itself skip most of what cannot meet it.)
-- columns: party INTEGER, entity VARCHAR, account VARCHAR, kind VARCHAR
SELECT DISTINCT p.party, k.entity, k.account, k.kind
FROM party_probe AS p
JOIN known_master_key AS k ON k.value = p.value AND k.kind BETWEEN p.kind AND p.kind
