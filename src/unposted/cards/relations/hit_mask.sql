-- Which kinds of keys find a party in an entity, as a sum of powers of two (key_bit).
-- columns: party INTEGER, entity VARCHAR, mask INTEGER
SELECT h.party, h.entity, CAST(bit_or(b.mask) AS INTEGER) AS mask
FROM party_hit AS h
JOIN key_bit AS b ON b.kind = h.kind
GROUP BY h.party, h.entity
