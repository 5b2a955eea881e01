-- The master records that a party meets by any kind of key, in the field map or not: met once, judged by every policy.
-- (BETWEEN leaves one key to join by: only then does the scan itself skip most of what cannot meet it.)
-- columns: party INTEGER, entity VARCHAR, account VARCHAR, kind VARCHAR
SELECT DISTINCT p.party, k.entity, k.account, k.kind
FROM value_probe AS p
JOIN known_master_key AS k ON k.value = p.value AND k.kind BETWEEN p.kind AND p.kind
