-- The master records that a party meets by a key of the field map: stands for party_match where all keys were met.
-- columns: party INTEGER, entity VARCHAR, account VARCHAR, kind VARCHAR
SELECT h.party, h.entity, h.account, h.kind
FROM party_hit AS h
JOIN match_key AS m ON m.kind = h.kind
