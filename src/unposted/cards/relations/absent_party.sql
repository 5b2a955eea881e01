-- The parties that the card counts.
SELECT DISTINCT party FROM order_gap
