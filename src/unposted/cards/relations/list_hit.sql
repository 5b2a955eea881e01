-- Whom the lines of a list mean: by our own name for a party, an order, a key, or the master record that the party meets.
-- columns: line INTEGER, rank INTEGER, key VARCHAR
SELECT l.line, l.rank, b.key FROM list_key AS l JOIN bridge_line AS b ON b.party = l.value WHERE l.kind = 'party'
UNION
SELECT l.line, l.rank, e.key
FROM list_key AS l
JOIN (
    SELECT source_id, order_id, lower(order_id) AS value FROM known_order
    UNION
    SELECT source_id, order_id, replace(lower(name), '#', '') FROM known_order
) AS o ON o.value = l.value
JOIN everyone_order AS e ON e.source_id = o.source_id AND e.order_id = o.order_id
WHERE l.kind = 'order'
UNION
SELECT l.line, l.rank, v.key FROM list_key AS l JOIN everyone_value AS v ON v.kind = l.kind AND v.value = l.value
UNION
SELECT l.line, l.rank, p.key
FROM list_key AS l
JOIN party_match AS m ON lower(m.account) = l.value AND (l.entity IS NULL OR l.entity = m.entity)
JOIN open_party AS p ON p.party = m.party
WHERE l.kind = 'account'
