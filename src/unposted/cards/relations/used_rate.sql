-- The rates that the blocked values stand on, and where they come from.
-- columns: currency VARCHAR, origin VARCHAR, lowest VARCHAR, highest VARCHAR
SELECT
    f.currency, f.origin,
    CAST(min(f.factor) AS VARCHAR) AS lowest, CAST(max(f.factor) AS VARCHAR) AS highest
FROM fx_rate AS f
WHERE f.origin <> 'own currency'
  AND EXISTS (SELECT 1 FROM blocked_order AS b WHERE b.currency = f.currency)
GROUP BY f.currency, f.origin
