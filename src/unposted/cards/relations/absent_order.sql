-- Every active order of an absent party in the window, blocked or not, with what the order shows.
-- columns: party INTEGER, source_id SMALLINT, order_id VARCHAR, order_name VARCHAR, created_at TIMESTAMP, buyer_name
--   VARCHAR, company_name VARCHAR, email VARCHAR, b2b BOOLEAN, currency VARCHAR, value BIGINT, net BIGINT, is_blocked
--   BOOLEAN
SELECT
    p.party, o.source_id, o.order_id, o.name AS order_name, o.created_at, o.buyer_name, o.company_name, o.email, o.b2b,
    o.currency, o.total - o.refunded AS value, o.net,
    EXISTS (
        SELECT 1 FROM order_gap AS g WHERE g.source_id = o.source_id AND g.order_id = o.order_id
    ) AS is_blocked
FROM (
    SELECT DISTINCT q.party, q.source_id, q.order_id
    FROM party_order AS q
    JOIN absent_party AS a ON a.party = q.party
) AS p
JOIN known_order AS o ON o.source_id = p.source_id AND o.order_id = p.order_id
