-- The master records that an open party meets, and by which key.
-- columns: party INTEGER, entity VARCHAR, account VARCHAR, kind VARCHAR
SELECT DISTINCT p.party, k.entity, k.account, k.kind
FROM party_probe AS p
JOIN known_master_key AS k ON k.kind = p.kind AND k.value = p.value
