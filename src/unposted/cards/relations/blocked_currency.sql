-- What is blocked for each absent party in each order currency.
WITH total AS (
    SELECT party, currency, sum(value) AS value FROM blocked_order GROUP BY party, currency
)
SELECT
    party,
    array_agg(currency ORDER BY currency) AS currencies,
    array_agg(CAST(value AS BIGINT) ORDER BY currency) AS currency_values
FROM total
GROUP BY party
