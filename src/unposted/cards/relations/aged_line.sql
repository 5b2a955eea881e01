-- Aged out, still open: absent parties of the longer window whose last active order was placed before the card's own.
-- columns: place BIGINT, party VARCHAR, kind VARCHAR, name VARCHAR, stores VARCHAR[], entities VARCHAR[], evidence VARCHAR,
--   blocked BIGINT, orders BIGINT, last_order_at TIMESTAMP
WITH recent AS (
    SELECT p.party
    FROM party_order AS p
    JOIN known_order AS o ON o.source_id = p.source_id AND o.order_id = p.order_id
    WHERE o.created_at >= :card_start
),
line AS (
    SELECT w.*
    FROM ranked_value AS r
    JOIN worklist AS w ON w.party = r.label
    WHERE NOT EXISTS (SELECT 1 FROM recent AS n WHERE n.party = r.party)
)
SELECT
    row_number() OVER (ORDER BY rank) AS place, party, kind, name, stores, missing_entities AS entities,
    matched_evidence AS evidence, blocked, orders, last_order_at
FROM line
