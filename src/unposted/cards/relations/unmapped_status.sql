-- Platform states that no line of the status table knows, and how many orders that count show them.
-- columns: signal VARCHAR, orders BIGINT
SELECT t.unknown_signal AS signal, count(*) AS orders
FROM active_order AS a
JOIN known_order AS o ON o.source_id = a.source_id AND o.order_id = a.order_id
JOIN unknown_signal AS t ON t.source_id = o.source_id AND t.signals = o.signals
GROUP BY t.unknown_signal
