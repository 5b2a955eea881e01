-- The parties that the card counts.
-- columns: party INTEGER
SELECT DISTINCT party FROM order_gap
